// SPDX-License-Identifier: MIT
pragma solidity ^0.8.30;

import {Terms} from "./Terms.sol";

/// @dev All of the rules that an anchor needs to know, in one word that is read once.
/// ```
/// bits   247..216       215..192    191..160   159..128     127..112  111..88          87..0
///        stoppedBefore  stoppedFor  stoppedAt  pausedUntil  escrow    minWindowBlocks  minStake
/// ```
/// `stoppedBefore` are the seconds of all stops before the last one, which began at `stoppedAt` and lasts `stoppedFor`
/// seconds. The members above the terms are times in Unix seconds.
type State is uint256;

using {
    minStake,
    minWindowBlocks,
    escrow,
    pausedUntil,
    resumesAt,
    lastStop,
    stopped,
    withTerms,
    withPause,
    withStop
} for State global;

function minStake(State s) pure returns (uint88) {
    return uint88(State.unwrap(s));
}

function minWindowBlocks(State s) pure returns (uint24) {
    return uint24(State.unwrap(s) >> 88);
}

function escrow(State s) pure returns (uint16) {
    return uint16(State.unwrap(s) >> 112);
}

function pausedUntil(State s) pure returns (uint32) {
    return uint32(State.unwrap(s) >> 128);
}

function stoppedAt(State s) pure returns (uint32) {
    return uint32(State.unwrap(s) >> 160);
}

function lastStop(State s) pure returns (uint24) {
    return uint24(State.unwrap(s) >> 192);
}

/// @dev When the last stop is over.
function resumesAt(State s) pure returns (uint256) {
    return uint256(stoppedAt(s)) + lastStop(s);
}

/// @dev Seconds for which the clock has stood still at `time`, which is not before the last stop.
function stopped(State s, uint256 time) pure returns (uint256) {
    uint256 last = time - stoppedAt(s);
    if (last > lastStop(s)) last = lastStop(s);
    return (State.unwrap(s) >> 216) + last;
}

function withTerms(State s, Terms memory t) pure returns (State) {
    uint256 word = (State.unwrap(s) >> 128) << 128;
    return State.wrap(word | t.minStake | (uint256(t.minWindowBlocks) << 88) | (uint256(t.escrow) << 112));
}

function withPause(State s, uint32 until) pure returns (State) {
    uint256 word = State.unwrap(s) & ~(uint256(type(uint32).max) << 128);
    return State.wrap(word | (uint256(until) << 128));
}

/// @dev Stopped from `time` on, or going on to be, for `duration` seconds.
function withStop(State s, uint256 time, uint24 duration) pure returns (State) {
    bool goesOn = time < resumesAt(s);
    uint256 before = stopped(s, time) - (goesOn ? time - stoppedAt(s) : 0);
    uint256 from = goesOn ? stoppedAt(s) : uint32(time);
    uint256 word = State.unwrap(s) & type(uint160).max;
    return State.wrap(word | (from << 160) | ((time - from + duration) << 192) | (before << 216));
}
