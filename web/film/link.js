// Two stacks side by side, turned together. Pure.

/** The distance of two pages in mm; 0 when nothing says so. */
export function gapOf(stack) {
  const depths = stack.map((image) => image.depth);
  if (depths.length < 2 || !depths.every(Number.isFinite)) return 0;
  return Math.abs(depths[depths.length - 1] - depths[0]) / (depths.length - 1);
}

/**
 * Where the other stack goes: as far in mm as this one went since they were tied together (a patient
 * lies elsewhere in every study, so only ways are compared), or else as far in proportion.
 */
export function linkedIndex(tie, index, stack, other) {
  const [here, there] = [gapOf(stack), gapOf(other)];
  const rate = here && there ? here / there : (other.length - 1) / Math.max(1, stack.length - 1);
  return Math.max(0, Math.min(other.length - 1, Math.round(tie.there + (index - tie.here) * rate)));
}
