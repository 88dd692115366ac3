// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Decay} from "../../contracts/libraries/Decay.sol";
import {Test} from "../helpers/Vm.sol";

contract DecayTest is Test {
    uint256 private constant WAD = 1e18;

    function test_factor_isOneAtTheStart() public pure {
        assertEq(Decay.factor(0), WAD, "factor");
    }

    function testFuzz_factor_halvesEvery30Days(uint256 halfLives) public pure {
        halfLives = bound(halfLives, 0, 58);
        assertNear(Decay.factor(halfLives * 30 days), WAD >> halfLives, 1, "factor");
    }

    function test_factor_matchesValuesComputedElsewhere() public pure {
        assertNear(Decay.factor(1 days), 977_159_968_434_245_955, 1, "one day");
        assertNear(Decay.factor(7 days), 850_667_160_950_855_699, 1, "one week");
        assertNear(Decay.factor(90 days), 125_000_000_000_000_000, 1, "ninety days");
        assertNear(Decay.factor(365 days), 217_504_569_858_481, 1, "one year");
    }

    function test_factor_isZeroInTheFarFuture() public pure {
        assertEq(Decay.factor(60 * 30 days), 0, "sixty half-lives");
        assertEq(Decay.factor(type(uint256).max), 0, "for ever");
        assertLe(Decay.factor(60 * 30 days - 1), 1, "the second before");
    }

    function testFuzz_factor_neverGrows(uint256 elapsed, uint256 more) public pure {
        elapsed = bound(elapsed, 0, 61 * 30 days);
        more = bound(more, 0, 61 * 30 days);
        assertLe(Decay.factor(elapsed + more), Decay.factor(elapsed), "factor");
        assertLe(Decay.factor(elapsed), WAD, "factor");
    }

    function testFuzz_factor_doesNotDependOnWhenItIsRead(uint256 s, uint256 t) public pure {
        s = bound(s, 0, 30 * 30 days);
        t = bound(t, 0, 30 * 30 days);
        uint256 inTwo = (Decay.factor(s) * Decay.factor(t)) / WAD;
        uint256 atOnce = Decay.factor(s + t);
        // Each factor is exact to a few units of its last place.
        assertNear(inTwo, atOnce, 10, "factor");
    }
}
