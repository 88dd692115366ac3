/** A rule of a model, broken: the proof is worth something because it fails then. */
export interface Mutant {
  readonly name: string
  readonly model: string
  /** Text of the model, and what stands there instead where it comes first. */
  readonly from: string
  readonly to: string
  /** The condition that has a counterexample then, as it is written in the model. */
  readonly breaks: string
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: "a thaw takes reserved stake",
    model: "Reserve",
    from: "require(2 * _locked + amount <= _active);",
    to: "require(amount <= _active);",
    breaks: "_locked <= _active",
  },
  {
    name: "all of the stake can be reserved",
    model: "Reserve",
    from: "uint256 need = 2 * (_locked + bond);",
    to: "uint256 need = _locked + bond;",
    breaks: "2 * _locked <= _active + _punished",
  },
  {
    name: "punishment takes reserved stake",
    model: "Reserve",
    from: "uint256 free = _active - _locked;",
    to: "uint256 free = _active - bond;",
    breaks: "_locked <= _active",
  },
  {
    name: "a conviction leaves its bond reserved",
    model: "Bonds",
    from: "_batch -= bond;\n        _locked -= bond;\n        _bondA = 0;",
    to: "_batch -= bond;\n        _bondA = 0;",
    breaks: "_locked == _batch + _detained + _other",
  },
  {
    name: "a receipt is convicted twice out of its batch",
    model: "Bonds",
    from: "_locked -= bond;\n        _bondA = 0;",
    to: "_locked -= bond;",
    breaks: "_bondA + _bondB <= _batch",
  },
  {
    name: "a batch covers less than its receipts promise",
    model: "Bonds",
    from: "_batch == 0 && bondA + bondB <= bond",
    to: "_batch == 0 && bondA <= bond && bondB <= bond",
    breaks: "bond == _bondA",
  },
  {
    name: "all of the stake can be reserved, and the provider convicts itself",
    model: "SelfConviction",
    from: "require(2 * (_locked + bond) <= _active);",
    to: "require(_locked + bond <= _active);",
    breaks: "_bonds <= _punitive",
  },
  {
    name: "the punitive part may be smaller than the bond",
    model: "SelfConviction",
    from: "bond <= _locked && bond <= wanted",
    to: "bond <= _locked",
    breaks: "_bonds <= _punitive",
  },
  {
    name: "a withdrawal does not wait",
    model: "Thaw",
    from: "require(_maturesAt <= _clock);",
    to: "",
    breaks: "_startedAt + _period <= _clock",
  },
  {
    name: "a further thaw keeps the old date",
    model: "Thaw",
    from: "_maturesAt = _clock + _period;",
    to: "if (_maturesAt < _clock) _maturesAt = _clock + _period;",
    breaks: "_startedAt + _period <= _clock",
  },
  {
    name: "a withdrawal takes what is frozen",
    model: "Thaw",
    from: "_thawing = _clock < _frozenUntil ? _frozen : 0;",
    to: "_thawing = 0;",
    breaks: "_frozenUntil <= _clock || _frozen <= _thawing",
  },
  {
    name: "a reward is claimed twice",
    model: "Escrow",
    from: "_reward = 0;",
    to: "",
    breaks: "_restitution + _reward + _burned + _paid + _returned == _taken",
  },
  {
    name: "a payout is returned after the escrow",
    model: "Escrow",
    from: "require(_clock < _maturesAt);",
    to: "",
    breaks: "_returned == 0 || _paid == 0",
  },
  {
    name: "a claim does not wait for the escrow",
    model: "Escrow",
    from: "require(_maturesAt <= _clock);\n        _paid += _restitution;",
    to: "_paid += _restitution;",
    breaks: "_paid == 0 || _maturesAt <= _clock",
  },
  {
    name: "the reward is counted as burned, too",
    model: "Escrow",
    from: "uint256 burned = taken - restitution - reward;",
    to: "uint256 burned = taken - restitution;",
    breaks: "restitution + reward + burned == bond + punitive",
  },
  {
    name: "a return leaves the payout in escrow",
    model: "Books",
    from: "_escrowed -= amount;\n        _active += amount;",
    to: "_active += amount;",
    breaks: "_balance == _active + _thawing + _escrowed",
  },
  {
    name: "punishment forgets what it takes from the thaw",
    model: "Books",
    from: "_thawing -= fromThaw;",
    to: "",
    breaks: "_balance == _active + _thawing + _escrowed",
  },
  {
    name: "the clock goes on during a pause",
    model: "Clock",
    from: "function _isDue() private view returns (bool) {\n        uint256 time = _paused ? _pausedAt : _time;",
    to: "function _isDue() private view returns (bool) {\n        uint256 time = _time;",
    breaks: "_isDue() == due",
  },
  {
    name: "the time of a pause is not taken off",
    model: "Clock",
    from: "_pausedFor += _time - _pausedAt;",
    to: "",
    breaks: "time == _running + _pausedFor",
  },
]
