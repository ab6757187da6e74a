const units = new Set(
  ['µm mm cm dm m km in ft', 'mm2 cm2 dm2 m2 in2', 'mm3 cm3 dm3 m3 in3 ml l', 'mg g kg t oz lb', 'ms s sec min h hours days', 'rpm hz w kw nm kn bar mpa', 'deg usd eur pct'].flatMap((line) => line.split(' ')),
);

/** The unit that a column's name ends in, as it stands there: cm for `x_cm` and `X (cm)`; undefined where it ends in none. */
export function unitOfName(name: string): string | undefined {
  const suffix = /[^_\s]_([^_\s]{1,5})$|[^\s]\s?[([]([^\s()[\]]{1,5})[)\]]$/.exec(name)?.slice(1).find((one) => one !== undefined);
  return suffix !== undefined && units.has(suffix.toLowerCase()) ? suffix : undefined;
}
