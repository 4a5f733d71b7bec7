import { dirname, join, relative, resolve, sep } from "node:path";
import { existsSync } from "node:fs";
// src/action/places.ts
/** Folders around the pipeline's, and files as GitHub names them: from the top of the repository, with slashes. */
/** The folder and those around it, as far as the workspace, the nearest first. */
function foldersUpTo(workspace, folder) {
	const above = dirname(folder);
	return folder === workspace || above === folder ? [folder] : [folder, ...foldersUpTo(workspace, above)];
}
/** The checkout that a folder lies in: the workspace itself, or the folder below it that `path:` of actions/checkout named. */
function repositoryOf(folder, workspace) {
	return foldersUpTo(workspace, folder).findLast((above) => existsSync(join(above, ".git"))) ?? workspace;
}
function pathFrom(top, file) {
	return relative(top, file).split(sep).join("/");
}
function inRepository(item, { folder, repository }) {
	if (!item.where) return item;
	return {
		...item,
		where: {
			...item.where,
			file: pathFrom(repository, resolve(folder, item.where.file))
		}
	};
}
export { repositoryOf as i, inRepository as n, pathFrom as r, foldersUpTo as t };
