/**
 * Share of the variance of an estimate's error that all parts have in common, where nothing better is known. Errors of one model are never
 * independent; cost analysts, who meet the same question, find that sums look far too safe with correlation 0 and little changes above 0.2 to 0.3
 * (S. A. Book, "Why correlation matters in cost estimating", 1999).
 */
export const defaultSharedError = 0.25;
