// From here on an overdue amount is red: before, it is the daily business.
export const LATE_DAYS = 30
