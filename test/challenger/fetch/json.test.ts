import { expect } from "chai"
import { z } from "zod"
import { isOnusError } from "../../../src/protocol/errors.ts"
import { readJson } from "../../../src/challenger/fetch/json.ts"

describe("JSON of strangers", () => {
  const schema = z.object({ a: z.array(z.object({ b: z.string() })) })
  const bytes = (text: string) => new TextEncoder().encode(text)
  const problem = (content: string | Uint8Array) => {
    try {
      readJson(typeof content === "string" ? bytes(content) : content, schema, "It")
    } catch (error) {
      if (!isOnusError(error, "ContentInvalid")) throw error
      return error.message
    }
    return "fine"
  }

  it("is read as far as it is wanted", () => {
    const text =
      '{"c": [[[1]]], "a": [{"b": "\\\\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[{{{{{\\\\", "d": null}]}'
    expect(readJson(bytes(text), schema, "It").a[0].b).to.include("[[[")
  })

  it("is not read when it is nested deeply, whatever is deep", () => {
    for (const deep of ["[", '{"a":', '[{"b":'])
      expect(problem(deep.repeat(1_000_000))).to.equal("It is nested too deeply")
    expect(problem(`{"a":${"[".repeat(31)}${"]".repeat(31)}}`)).to.equal(
      "It is not as it must be: look at a.0",
    )
    expect(problem(`{"a":${"[".repeat(32)}${"]".repeat(32)}}`)).to.equal("It is nested too deeply")
  })

  it("is not read when it has so many values that they would fill the memory", () => {
    for (const many of ["{},", "1,", '"",'])
      expect(problem(`{"a":[${many.repeat(300_000)}1]}`)).to.equal("It has more than 250000 values")
  })

  it("is told what is wrong with it in words of this program alone", () => {
    expect(problem("<html>secret</html>")).to.equal("It is not JSON")
    expect(problem("")).to.equal("It is not JSON")
    expect(problem('{"a":"secret')).to.equal("It is not JSON")
    expect(problem('"\\\\')).to.equal("It is not JSON")
    expect(problem(Uint8Array.of(0x22, 0xff, 0x22))).to.equal("It is not text in UTF-8")
    expect(problem('{"secret":1}')).to.equal("It is not as it must be: look at a")
    expect(problem('{"a":[{"b":"x"},{"b":"secret","b":1}]}')).to.equal(
      "It is not as it must be: look at a.1.b",
    )
    expect(problem("1")).to.equal("It is not as it must be")
    expect(problem('{"__proto__":{"a":[]}}')).to.equal("It is not as it must be: look at a")
  })
})
