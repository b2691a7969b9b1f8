// A bar that is there while something is on its way.

export function showProgress(bar, loaded, total) {
  bar.hidden = loaded === total;
  bar.max = total;
  bar.value = loaded;
}
