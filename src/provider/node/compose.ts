import type { NodeConfig } from "../../service/config/node-config.ts"
import { Inclusions } from "../anchoring/inclusion.ts"
import { Conditions } from "../chain/conditions.ts"
import { type Actors, readState } from "../chain/state.ts"
import { countedJournal } from "../cover/counted-journal.ts"
import { ofOne, ofReplica } from "../cover/promises.ts"
import { StakeCover } from "../cover/stake-cover.ts"
import { Issuer } from "../issue/issuer.ts"
import { bindToProvider } from "../reconcile/bind.ts"
import { requireFit } from "../reconcile/checks.ts"
import { Incidents } from "../reconcile/incidents.ts"
import { OwnWatch } from "../reconcile/own-watch.ts"
import { Replicas } from "../reconcile/replicas.ts"
import { Restoration } from "../reconcile/restored.ts"
import { SelfCheck } from "../self-check/self-check.ts"
import { type Amounts, amountsOf } from "../../sdk/amounts.ts"
import { type Foundation, isAlone } from "./foundation.ts"
import { servingLimits } from "./http.ts"
import type { Instruments } from "../../service/instruments.ts"
import { Observer } from "./observer.ts"

/** The parts of a node that decide, put together. */
export interface Composition {
  readonly amounts: Amounts
  readonly cover: StakeCover
  readonly observer: Observer
  readonly conditions: Conditions
  readonly ownWatch: OwnWatch
  readonly selfCheck: SelfCheck
  readonly inclusions: Inclusions
  readonly issuer: Issuer
  /** Says to other replicas that this one lives. */
  beat(): Promise<void>
  /** Names of all that live, this one included. */
  living(): Promise<readonly string[]>
  /** Says to them that it ends. */
  leave(): Promise<void>
}

/**
 * Checks that the node can keep what it promises, and puts its parts together.
 *
 * @throws OnusError as `requireFit`; `SharesTooLarge`.
 */
export async function compose(
  config: NodeConfig,
  instruments: Instruments,
  foundation: Foundation,
): Promise<Composition> {
  const { readiness, alerts, metrics } = instruments
  const { keys, database, journal, facts, chain, heads, head, client, models, pool } = foundation
  const { address: provider } = config.provider
  const actors: Actors = { provider, signing: keys.signing.address, sending: keys.sending.address }
  const anchorWithin = config.answers.anchorWithin
  const state = await readState(chain, client, actors, head.latest)
  await bindToProvider(facts, provider)
  await requireFit({
    client,
    actors,
    state,
    models: models.map(({ program }) => program.modelId),
    unregistered: unregisteredIn(config, models),
    journal,
    anchorWithin,
  })
  const amounts = await amountsOf(client)
  const { share, replica, restored } = config.journal
  const replicas = await Replicas.join(database, replica, share)
  const cover = new StakeCover({
    promises: isAlone(config)
      ? ofOne(journal, share)
      : ofReplica({ journal, replicas, name: replica, share }),
    isHeard: () => isAlone(config) || replicas.isHeard,
    readiness,
    least: amounts.parse("answers.coverage", config.answers.coverage),
    show: (units) => amounts.show(units),
  })
  const restoration = await Restoration.open(facts, client)
  if (restored) await restoration.note(BigInt(head.latest.timestamp))
  const incidents = await Incidents.open(database)
  const ownWatch = new OwnWatch({
    provider,
    client,
    journal,
    facts,
    incidents,
    restoration,
    alerts,
    readiness,
  })
  ownWatch.mode = restored ? "note" : "refuse"
  const selfCheck = new SelfCheck({
    registry: client.registry,
    journal,
    pool,
    readiness,
    alerts,
    share: config.checks.selfCheckShare,
    count: (verdict) => metrics.verifications.inc({ role: "provider", verdict }),
  })
  const issuer = new Issuer({
    registry: client.registry,
    provider,
    journal: countedJournal(journal, cover, (request) => selfCheck.consider(request)),
    pool,
    cover,
    key: keys.signing,
    readiness,
    limits: servingLimits(config, amounts),
    now: () => BigInt((heads.current ?? head).latest.timestamp),
    mayChooseId: (now) => restoration.mayChooseId(now),
  })
  const { reserve, warnBelow } = config.gas
  return {
    amounts,
    cover,
    observer: new Observer({ chain, client, actors, journal, cover }),
    conditions: new Conditions({
      actors,
      readiness,
      alerts,
      anchorWithin,
      gasReserve: reserve,
      gasWarning: warnBelow,
    }),
    ownWatch,
    selfCheck,
    inclusions: new Inclusions(journal),
    issuer,
    beat: () => replicas.beat(),
    leave: () => replicas.leave(),
    living: async () => [replica, ...(await replicas.others())],
  }
}

/** Models that need not be registered, as the operator says. */
const unregisteredIn = ({ models }: NodeConfig, served: Foundation["models"]): ReadonlySet<string> =>
  new Set(served.flatMap(({ program }, i) => (models[i].allowUnregistered ? [program.modelId] : [])))
