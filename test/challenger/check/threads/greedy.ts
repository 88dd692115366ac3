// A thread that takes all the memory that there is.
const taken: object[] = []
for (;;) taken.push({ numbers: [taken.length, taken.length + 1] })
