import { element } from "../common/dom.js";

const NONE = "–";
const COLUMNS = ["task", "exit code", "CPU time", "wall time", "peak memory", "image and command"];

/** What each task was and used, above what the job asked for. */
export class TasksView {
  constructor() {
    this.node = element("div", "tasks");
    this.node.tabIndex = 0; // a narrow cell scrolls it
    this.node.setAttribute("role", "group");
    this.node.dataset.lmSuppressShortcuts = "true"; // arrows scroll the table, not the notebook
    this.shown = "";
  }

  update(view) {
    const { id, tasks, more_tasks: more, asked, peak_memory: peak } = view;
    this.node.setAttribute("aria-label", `Tasks of job ${id}`);
    this.node.hidden = tasks.length === 0;
    const shown = JSON.stringify([tasks, more, asked, peak]);
    if (shown === this.shown) return; // what a person selected stays selected
    this.shown = shown;
    const head = element("thead", "columns", element("tr", "row", ...COLUMNS.map((name) => heading("col", name))));
    const body = element("tbody", "rows", ...tasks.map(taskRow));
    if (more) body.append(row("…", ["", "", "", "", `${more} more`]));
    const foot = element("tfoot", "sums");
    if (peak !== NONE && tasks.length > 1) foot.append(row("whole job", ["", "", "", peak, ""]));
    foot.append(row("asked for", ["", asked.cpus, asked.walltime, asked.memory, join(asked.disk && `${asked.disk} disk`, asked.nodes)]));
    this.node.replaceChildren(element("table", "table", head, body, foot));
  }
}

function taskRow(task, i) {
  const what = join(task.image, task.cmd, ": ");
  const node = row(String(i + 1), [task.exit_code, task.cpu_time, task.wall_time, task.peak_memory, what]);
  if (task.exit_code !== NONE) node.dataset.tone = task.tone;
  node.lastChild.title = what;
  return node;
}

function row(head, values) {
  const cells = values.map((value, i) => element("td", i === values.length - 1 ? "command" : "number", value));
  return element("tr", "row", heading("row", head), ...cells);
}

function heading(scope, name) {
  const node = element("th", "heading", name);
  node.scope = scope;
  return node;
}

function join(one, other, between = ", ") {
  return [one, other].filter(Boolean).join(between);
}
