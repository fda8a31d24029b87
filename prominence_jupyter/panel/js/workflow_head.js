export default { render({ model, el }) { el.append(model.get("_view").title); } };
