import { type Lie } from "../../src/tour/provider/lies.ts"
import { storyOf } from "../../src/tour/provider/story.ts"
import { tellLie } from "../story/lie.ts"

/** One bit of a hidden number, by which the answer becomes another digit; all of it is shown to anybody. */
export const otherDigit: Lie = {
  name: "other digit",
  story: ({ program, inputs }) => storyOf(tellLie(program, inputs).run),
}
