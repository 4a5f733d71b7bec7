/** A Python with the data frames that models use, and pytest: made once, kept outside the repository. */
import { pythonWith } from "../support/python.ts";

export const frames = () => pythonWith(["pandas==3.1.1", "polars==2.1.0", "pyarrow==26.0.1", "pytest==9.2.0"]);
