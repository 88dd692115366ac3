/** Whether the long campaigns are asked for: `ONUS_LONG=1`. */
export const LONG = process.env.ONUS_LONG === "1"
