/** Minutes as a planner says them: 45 min, 3 h 20 min, 2 d 5 h. */
export function durationText(minutes: number): string {
  const whole = Math.round(minutes);
  if (whole < 1) return minutes > 0 ? 'less than a minute' : '0 min';
  if (whole < 60) return `${whole} min`;
  const hours = Math.floor(whole / 60);
  if (hours < 24) return whole % 60 === 0 ? `${hours} h` : `${hours} h ${whole % 60} min`;
  const roundHours = Math.round(whole / 60);
  const days = Math.floor(roundHours / 24);
  return roundHours % 24 === 0 ? `${days} d` : `${days} d ${roundHours % 24} h`;
}
