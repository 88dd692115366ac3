// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Onus} from "../../contracts/core/Onus.sol";
import {Fault, IFault, IWrongExecution} from "../../contracts/interfaces/IFault.sol";
import {OnusTest} from "../helpers/OnusTest.sol";

contract OnusConstructorTest is OnusTest {
    function test_constructor_keepsEveryParameter() public view {
        assertEq(address(onus.token()), address(token), "token");
        assertEq(onus.minStake(), MIN_STAKE, "minimum stake");
        assertEq(onus.thawPeriod(), THAW, "thaw period");
        assertEq(onus.minWindowBlocks(), WINDOW_BLOCKS, "window blocks");
        assertEq(onus.escrow(), ESCROW, "escrow");
        assertEq(address(onus.faultModule(Fault.Equivocation)), address(equivocation), "equivocation");
        assertEq(address(onus.faultModule(Fault.WrongExecution)), address(judge), "wrong execution");
    }

    function test_constructor_refusesATokenWithoutCode() public {
        Onus.Parameters memory p = _parameters();
        p.token = IERC20(stranger);
        _refuse(p, "token");
    }

    function test_constructor_boundsTheMinimumStake() public {
        Onus.Parameters memory p = _parameters();
        p.minStake = 1e9 - 1;
        _refuse(p, "minStake");
        p.minStake = uint256(type(uint96).max) + 1;
        _refuse(p, "minStake");
        p.minStake = 1e9;
        new Onus(p);
        p.minStake = type(uint96).max;
        new Onus(p);
    }

    function test_constructor_boundsTheEscrow() public {
        Onus.Parameters memory p = _parameters();
        p.thawPeriod = 60 days;
        p.escrow = 30 days + 1;
        _refuse(p, "escrow");
        p.escrow = 30 days;
        new Onus(p);
        p.escrow = 0;
        new Onus(p);
    }

    function testFuzz_constructor_letsNoStakeThawBeforeWindowGameAndEscrowAreOver(uint256 escrow) public {
        Onus.Parameters memory p = _parameters();
        p.escrow = bound(escrow, 0, 30 days);
        p.thawPeriod = 14 days + judge.longestGame() + p.escrow - 1;
        _refuse(p, "thawPeriod");
        p.thawPeriod = 14 days + judge.longestGame() + p.escrow;
        new Onus(p);
    }

    function test_constructor_boundsTheThawPeriodFromAbove() public {
        Onus.Parameters memory p = _parameters();
        p.thawPeriod = 365 days + 1;
        _refuse(p, "thawPeriod");
        p.thawPeriod = 365 days;
        new Onus(p);
    }

    function test_constructor_boundsTheWindowBlocks() public {
        Onus.Parameters memory p = _parameters();
        p.minWindowBlocks = 100_801;
        _refuse(p, "minWindowBlocks");
        // As long as the longest window, at 12 seconds each.
        p.minWindowBlocks = 14 days / 12;
        new Onus(p);
        p.minWindowBlocks = 0;
        new Onus(p);
    }

    function test_constructor_refusesJudgesWithoutCode() public {
        Onus.Parameters memory p = _parameters();
        p.equivocation = IFault(stranger);
        _refuse(p, "equivocation");
        p = _parameters();
        p.wrongExecution = IWrongExecution(stranger);
        _refuse(p, "wrongExecution");
    }

    function _refuse(Onus.Parameters memory p, string memory name) private {
        vm.expectRevert(abi.encodeWithSelector(Onus.ParameterInvalid.selector, name));
        new Onus(p);
    }
}
