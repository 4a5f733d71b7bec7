import { describe, expect, test } from "vitest";
import { explainPython, type Explain } from "../../../../src/etl/transform/python/explain.ts";
import { WorkerFailure } from "../../../../src/etl/transform/python/worker.ts";
import { EtlError } from "../../../../src/util/error.ts";

const pod = { KUBERNETES_SERVICE_HOST: "10.0.0.1" };
const place = { file: "/p/models/m.py", line: 7, column: 5, code: "from sklearn import svm" };

function explained(error: object, { env = {}, python = {} }: { env?: object; python?: object } = {}): EtlError {
  const details = { kind: "exception", environment: false, place, columns: [], levels: [], trace: [], traceback: "" };
  const pipeline = { folder: "/p", target: "local", spec: { models: { m: { python } } }, show: (file: string) => file };
  const asked = {
    model: "m",
    file: { text: "", shown: "models/m.py" },
    frame: "pandas",
    python: "python3",
    env,
    pipeline,
  };
  const found = explainPython(new WorkerFailure({ ...details, ...error }), asked as unknown as Explain);
  expect(found).toBeInstanceOf(EtlError);
  return found as EtlError;
}

const sklearn = { type: "ModuleNotFoundError", message: "No module named 'sklearn'", name: "sklearn.svm" };
const excel = { type: "ImportError", message: "Missing optional dependency 'openpyxl'.  Use pip.", name: null };

describe("a package that a model asks for while it runs, and that is not there", () => {
  test.each([
    sklearn,
    excel,
    { ...sklearn, type: "ImportError", name: null, message: "cannot import name 'x' from 'y'" },
  ])("is not there the next time either: $message", (error) => expect(explained(error).code).toBe("invalid"));

  test("is named with its place", () => {
    const { problems } = explained(sklearn);
    expect(problems).toMatchObject([
      {
        rule: "python-packages",
        message: "[model m] `scikit-learn` is not installed for python3",
        hint: "Run: python3 -m pip install scikit-learn",
        where: { file: "models/m.py", line: 7, column: 5 },
      },
    ]);
    expect(explained(excel).message).toContain("`openpyxl`");
  });

  test.each([
    [
      {},
      "Write scikit-learn==… into requirements.txt, and models: { m: { python: { requirements: requirements.txt } } }; then ",
    ],
    [{ requirements: "needs.txt" }, "Write scikit-learn==… into needs.txt; then "],
    [{ requirements: "uv.lock" }, "Run: uv add scikit-learn; then "],
  ])("is put into the image, where it is a pod that lacks it: %j", (python, cure) => {
    const { hint } = explained(sklearn, { env: pod, python });
    expect(hint).toBe(
      `A pod has the packages of its image, and installs none. ${cure}build the image and deploy it, as the workflow does for each commit.`,
    );
  });

  test.each([
    [{ requirements: "needs.txt" }, "Write scikit-learn==… into needs.txt. Run: python3 -m pip install -r needs.txt"],
    [{ requirements: "uv.lock" }, "Run: uv add scikit-learn"],
  ])("is put into what its team lists, on a laptop: %j", (python, hint) => {
    expect(explained(sklearn, { python }).hint).toBe(hint);
  });
});
