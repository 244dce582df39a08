/** The wall display: so many tiles as there are calls, as large as they all fit; legible from across the room. */

const SHAPE = { width: 18, height: 6, gap: 0.5 }; // a tile's, in the measure that is looked for
const LARGEST = 72; // px of that measure: from here on larger helps nobody

/** The measure, in px, at which `count` tiles fill `width` x `height`; where they do not all fit, what can still be read. Pure. */
export function measure(count, width, height) {
  let best = Math.min(20, Math.max(13, width / 110));
  for (let columns = 1; columns <= count; columns += 1) {
    const wide = width / (columns * (SHAPE.width + SHAPE.gap) + SHAPE.gap);
    const high = height / (Math.ceil(count / columns) * (SHAPE.height + SHAPE.gap) + SHAPE.gap);
    best = Math.max(best, Math.min(wide, high));
    if (wide < best) break;
  }
  return Math.min(LARGEST, best);
}

/** Fits the tiles in `rows` into `scroller`, where the page is a wall display. */
export function fitWall(scroller, rows, isWall) {
  const count = isWall ? rows.getElementsByClassName("row").length : 0;
  const tile = count ? `${Math.floor(10 * measure(count, scroller.clientWidth, scroller.clientHeight)) / 10}px` : "";
  if (rows.style.getPropertyValue("--tile") !== tile) rows.style.setProperty("--tile", tile);
}
