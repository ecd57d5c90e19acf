// Lengths and shares as the cameras page writes them: whole metres, kilometres from a thousand, whole per cent that never round something to nothing or to all.
export function length(metres, says) {
  if (metres === null || metres === undefined) return "–";
  const whole = Math.max(0, metres);
  return whole >= 999.5 ? `${(whole / 1000).toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}\u2009${says.km}` : `${Math.round(whole)}\u2009${says.metres}`;
}

export function percent(share) {
  if (share === null || share === undefined || Number.isNaN(share)) return "–";
  if (share > 0 && share < 0.005) return "< 1\u2009%";
  if (share < 1 && share >= 0.995) return "> 99\u2009%";
  return `${Math.round(100 * Math.max(0, share))}\u2009%`;
}
