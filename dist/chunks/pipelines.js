import { t as EtlError } from "./error.js";
import { t as didYouMean } from "./suggest.js";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
// src/spec/find.ts
/** Which pipeline is meant: the one in this folder, or one of several in pipelines/. */
const pipelineFile = "pipeline.yaml";
/**
* Absolute path of the chosen pipeline.yaml.
* @throws {EtlError} `usage`, listing the choices, when there are several or none of that name.
*/
async function findPipeline({ dir, pipeline }, { cwd, env }) {
	const folder = resolve(cwd, dir ?? ".");
	const wanted = [
		pipeline,
		env["NAIS_ETL_PIPELINE"],
		env["PRG_NAME"]
	].find((name) => name !== void 0 && name !== "");
	const files = await findPipelines(folder);
	const names = files.map((file) => nameOf(file, folder));
	if (wanted !== void 0) {
		const index = names.indexOf(wanted);
		if (index >= 0) return files[index];
		throw new EtlError({
			code: "usage",
			message: `there is no pipeline \`${wanted}\` in ${dir ?? "this folder"}`,
			hint: names.length > 0 ? `${didYouMean(wanted, names)}\nPipelines: ${names.join(", ")}.` : "There is no pipeline.yaml here."
		});
	}
	if (files.length === 1) return files[0];
	if (files.length === 0) return join(folder, pipelineFile);
	throw new EtlError({
		code: "usage",
		message: `there are ${files.length} pipelines here: say which one`,
		hint: `Add --pipeline NAME, or set NAIS_ETL_PIPELINE. Pipelines: ${names.join(", ")}.`
	});
}
/** Every pipeline.yaml of a repository: its own, and pipelines/NAME/pipeline.yaml. */
async function findPipelines(folder) {
	const own = join(folder, pipelineFile);
	if (await isFile(own)) return [own];
	const files = (await readdir(join(folder, "pipelines"), { withFileTypes: true }).catch(() => [])).filter((entry) => entry.isDirectory()).map((entry) => join(folder, "pipelines", entry.name, pipelineFile));
	const found = await Promise.all(files.map(isFile));
	return files.filter((_, i) => found[i]).toSorted();
}
/** A pipeline of several stands in `pipelines/NAME/`, below the repository's folder. */
function foundAt(file) {
	const folder = dirname(file);
	const above = dirname(folder);
	if (basename(above) !== "pipelines") return {
		file,
		root: folder
	};
	return {
		file,
		root: dirname(above),
		selected: basename(folder)
	};
}
function nameOf(file, folder) {
	return dirname(file) === folder ? basename(folder) : basename(dirname(file));
}
async function isFile(path) {
	return stat(path).then((found) => found.isFile(), () => false);
}
// src/commands/pipelines.ts
/** The pipelines that a command is for: one, or all of a repository. */
/** The pipeline that is named, or every one in the folder. Where there is none, the place where one should be. */
async function choosePipelines({ dir, pipeline }, context) {
	const folder = resolve(context.cwd, dir ?? ".");
	const files = pipeline === void 0 ? await findPipelines(folder) : [await findPipeline({
		dir,
		pipeline
	}, context)];
	return (files.length > 0 ? files : [join(folder, pipelineFile)]).map(foundAt);
}
export { foundAt as n, choosePipelines as t };
