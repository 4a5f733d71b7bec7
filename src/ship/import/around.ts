/** Files that stood around a script: what of them a pipeline does by itself, and what is left to do. */
import type { Problem } from "../../util/error.ts";

interface TextFile {
  text: string;
  file: string;
}

interface Rule {
  pattern: RegExp;
  why?: string;
  hint: string;
}

/** A line is told by the first rule that fits; a rule without `why` passes it over. */
function notesOf({ text, file }: TextFile, rules: Rule[]): Problem[] {
  return text.split(/\r?\n/).flatMap((line, i): Problem[] => {
    const rule = rules.find(({ pattern }) => pattern.test(line));
    if (rule?.why === undefined) return [];
    const shown = line.trim();
    return [{ severity: "warning", message: `${shown}: ${rule.why}`, hint: rule.hint, where: { file, line: i + 1 } }];
  });
}

const nothing = "";

export function dockerfileNotes(file: TextFile): Problem[] {
  return notesOf({ ...file, text: joined(file.text) }, [
    { pattern: /^\s*(#|$)/, hint: nothing },
    {
      pattern:
        /^\s*(WORKDIR|COPY|ADD|USER|EXPOSE|CMD|ENTRYPOINT|LABEL|ENV\s+PYTHON|RUN\s+(useradd|adduser|groupadd|mkdir|chown))/i,
      hint: nothing,
    },
    { pattern: /^\s*RUN\s+(python3? -m\s+)?pip3?\s+install/i, hint: nothing },
    {
      pattern: /^\s*FROM\s/i,
      why: "the image is made from the runtime image of nais-etl now",
      hint: "Its Dockerfile follows from the pipeline: docs/image.md. Delete your own: `build` would take it, and it starts the script.",
    },
    {
      pattern: /^\s*RUN\s.*\b(apt-get|apt|apk|yum)\b/i,
      why: "packages of the operating system are not in the runtime image",
      hint: "Does the model need them? If so, keep a Dockerfile of your own: docs/image.md.",
    },
    {
      pattern: /^\s*(ENV|ARG)\s/i,
      why: "variables of the image",
      hint: "Write those that are still wanted under `nais: { env: [{ name, value }] }`.",
    },
    {
      pattern: /^\s*\w+/,
      why: "it has no place in a pipeline",
      hint: "Keep a Dockerfile of your own, if it is still needed: docs/image.md.",
    },
  ]);
}

/** An instruction over several lines in its first; the others empty, so that lines keep their numbers. */
function joined(text: string): string {
  return text.replaceAll(/(?:[^\n]*\\\n)+[^\n]*/g, (whole) => {
    const lines = whole.split("\n");
    return lines.map((line) => line.replace(/\\$/, "").trim()).join(" ") + "\n".repeat(lines.length - 1);
  });
}

export function workflowNotes(file: TextFile): Problem[] {
  const action = "One step does it: the Action tests, builds, renders, deploys. See docs/action.md.";
  return notesOf(file, [
    { pattern: /uses:\s*nais\/(docker-build-push|login)/, why: "the Action builds and pushes the image", hint: action },
    { pattern: /uses:\s*nais\/deploy/, why: "the Action deploys the rendered manifest", hint: action },
    {
      pattern: /(docker|buildx?)\s+(build|push)|uses:\s*docker\//,
      why: "the Action builds and pushes the image",
      hint: action,
    },
    {
      pattern: /\bpytest\b/,
      why: "tests of models are `nais-etl test`, which the Action runs",
      hint: "Tests of your own functions may stay; they import models/NAME.py.",
    },
  ]);
}

export function requirementsNotes(file: TextFile): Problem[] {
  return notesOf(file, [
    {
      pattern:
        /^\s*(pandas[-_]gbq|google-cloud-bigquery(-storage)?|db-dtypes|google-cloud-secret-manager|google-auth|python-dotenv|sqlalchemy|requests)\b/i,
      why: "reading and writing is the pipeline's work now",
      hint: "Remove it, unless a model imports it.",
    },
    {
      pattern: /^\s*[A-Za-z][\w.-]*\s*(?:[<>~!].*)?$/,
      why: "it is not pinned",
      hint: "Write the version that is tested: NAME==VERSION.",
    },
  ]);
}
