var d={render({model:e,el:t}){t.append(e.get("_view").title)}};export{d as default};
