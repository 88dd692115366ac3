import { expect } from "chai"
import { LONG } from "./long.ts"
import { LAYERS, SMOOTH_LAYERS } from "./layers/layers.ts"
import { drawNetwork, fusingDifference, runtimeDifference } from "./networks.ts"

const COUNT = LONG ? 5000 : 50

describe("random networks", function () {
  this.timeout(0)

  it(`give the same bits fused and unfused: ${COUNT}`, () => {
    for (let number = 0; number < COUNT; number++) {
      expect(fusingDifference(drawNetwork("any", number, LAYERS)), `network ${number}`).to.equal(undefined)
    }
  })

  it(`agree with onnxruntime: ${COUNT}`, async () => {
    for (let number = 0; number < COUNT; number++) {
      const network = drawNetwork("smooth", number, SMOOTH_LAYERS)
      expect(await runtimeDifference(network), `network ${number}`).to.equal(undefined)
    }
  })
})
