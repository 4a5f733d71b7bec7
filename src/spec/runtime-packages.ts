/** Packages of Python that the runtime image has: `image/requirements.in`, and what these bring that models import. */
export const runtimePackages: ReadonlySet<string> = new Set(["pandas", "polars", "pyarrow", "numpy"]);
