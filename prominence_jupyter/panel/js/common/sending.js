/** A function that sends to the kernel; where the front end cannot any more, `lost` is called instead of an error. */
export function sender(model, lost) {
  return (message) => {
    try {
      model.send(message);
    } catch { // JupyterLab's, of a kernel that is gone
      lost();
    }
  };
}
