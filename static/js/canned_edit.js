// Names are put where the cursor is.

document.addEventListener("click", (event) => {
  const name = event.target.closest("[data-insert]")?.dataset.insert;
  const box = document.querySelector("textarea[name=body]");
  if (!name || !box) return;
  box.setRangeText(`{{ ${name} }}`, box.selectionStart, box.selectionEnd, "end");
  box.focus();
});
