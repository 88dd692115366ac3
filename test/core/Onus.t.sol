// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";
import {IERC5267} from "@openzeppelin/contracts/interfaces/IERC5267.sol";
import {Onus} from "../../contracts/core/Onus.sol";
import {Fault, IFault, ITimedFault} from "../../contracts/interfaces/IFault.sol";
import {IGovernance} from "../../contracts/interfaces/IGovernance.sol";
import {IModels} from "../../contracts/interfaces/IModels.sol";
import {IOnus} from "../../contracts/interfaces/IOnus.sol";
import {IProviders} from "../../contracts/interfaces/IProviders.sol";
import {IReputation} from "../../contracts/interfaces/IReputation.sol";
import {IRules} from "../../contracts/interfaces/IRules.sol";
import {Bound} from "../../contracts/libraries/Bound.sol";
import {OnusTest} from "../helpers/OnusTest.sol";

contract OnusConstructorTest is OnusTest {
    function test_constructor_keepsEveryParameter() public view {
        assertEq(address(onus.token()), address(token), "token");
        assertEq(address(onus.providers()), address(providers), "providers");
        assertEq(address(onus.models()), address(models), "models");
        assertEq(address(onus.reputation()), address(reputation), "reputation");
        assertEq(onus.governance(), address(governance), "governance");
        assertEq(onus.thawPeriod(), THAW, "thaw period");
        assertEq(address(onus.faultModule(Fault.Equivocation)), address(equivocation), "equivocation");
        assertEq(address(onus.faultModule(Fault.WrongExecution)), address(judge), "wrong execution");
        assertEq(address(onus.faultModule(Fault.Omission)), address(omission), "omission");
    }

    function test_constructor_beginsWithTheFirstTermsAndARunningClock() public view {
        assertEq(keccak256(abi.encode(onus.terms())), keccak256(abi.encode(_terms())), "terms");
        assertEq(onus.clock(), START, "clock");
        (uint256 from, uint256 until) = onus.lastPause();
        assertEq(from, 0, "paused from");
        assertEq(until, 0, "paused until");
    }

    function test_constructor_saysWhatItsFirstTermsAre() public {
        _modules();
        Onus.Parameters memory p = _parameters();
        vm.expectEmit();
        emit IRules.TermsChanged(_terms());
        new Onus(p);
    }

    function test_constructor_refusesModulesWithoutCode() public {
        string[7] memory names = [
            "token",
            "providers",
            "models",
            "reputation",
            "equivocation",
            "wrongExecution",
            "omission"
        ];
        _modules();
        for (uint256 i; i < names.length; ++i) _refuse(_withoutCode(i), names[i]);
        // What was refused has bound nothing.
        new Onus(_parameters());
    }

    function test_constructor_refusesAGovernanceWithoutCode() public {
        _modules();
        Onus.Parameters memory p = _parameters();
        p.governance = IGovernance(stranger);
        vm.expectRevert();
        new Onus(p);
    }

    function test_constructor_bindsEveryModuleOnce() public {
        bytes memory refusal = abi.encodeWithSelector(Bound.AlreadyBound.selector, address(onus));
        vm.expectRevert(refusal);
        providers.bind();
        vm.expectRevert(refusal);
        reputation.bind();
        vm.expectRevert(refusal);
        omission.bind();
        vm.expectRevert(refusal);
        governance.bind();
        Onus.Parameters memory p = _parameters();
        vm.expectRevert(refusal);
        new Onus(p);
    }

    function testFuzz_constructor_boundsTheMinimumStake(uint88 minStake) public {
        Onus.Parameters memory p = _parameters();
        p.terms.minStake = uint88(bound(minStake, 0, 1e9 - 1));
        _refuse(p, "minStake");
        p.terms.minStake = 1e9;
        _accept(p);
        p.terms.minStake = type(uint88).max;
        _accept(p);
    }

    function testFuzz_constructor_boundsTheEscrow(uint16 escrow) public {
        Onus.Parameters memory p = _parameters();
        p.terms.escrow = uint16(bound(escrow, 30 days / 1 minutes + 1, type(uint16).max));
        _refuse(p, "escrow");
        p.terms.escrow = 59;
        _refuse(p, "escrow");
        p.terms.escrow = 60;
        _accept(p);
        p.terms.escrow = 30 days / 1 minutes;
        _accept(p);
    }

    function testFuzz_constructor_boundsTheWindowBlocks(uint24 blocks) public {
        Onus.Parameters memory p = _parameters();
        p.terms.minWindowBlocks = uint24(bound(blocks, 100_801, type(uint24).max));
        _refuse(p, "minWindowBlocks");
        // As long as the longest window, at 12 seconds each.
        p.terms.minWindowBlocks = 14 days / 12;
        _accept(p);
        p.terms.minWindowBlocks = 0;
        _accept(p);
    }

    function test_constructor_letsNoStakeThawBeforeWindowAndDisputeAreOver() public {
        Onus.Parameters memory p = _parameters();
        p.thawPeriod = 14 days + judge.longestGame() + 2 days - 1;
        _refuse(p, "thawPeriod");
        ++p.thawPeriod;
        _accept(p);
    }

    function test_constructor_boundsTheThawPeriodFromAbove() public {
        Onus.Parameters memory p = _parameters();
        p.thawPeriod = 30 days + 1;
        _refuse(p, "thawPeriod");
        --p.thawPeriod;
        _accept(p);
    }

    function test_supportsInterface_namesWhatItIs() public view {
        assertTrue(onus.supportsInterface(type(IOnus).interfaceId), "IOnus");
        assertTrue(onus.supportsInterface(type(IERC165).interfaceId), "ERC-165");
        assertTrue(onus.supportsInterface(type(IERC5267).interfaceId), "ERC-5267");
        assertFalse(onus.supportsInterface(0xffffffff), "none");
    }

    function testFuzz_supportsInterface_namesNothingElse(bytes4 id) public view {
        bool known = id == type(IOnus).interfaceId || id == type(IERC165).interfaceId;
        assertEq(onus.supportsInterface(id) ? 1 : 0, known || id == type(IERC5267).interfaceId ? 1 : 0, "id");
    }

    function test_eip712Domain_isWhatReceiptsAreSignedUnder() public {
        _assertDomain(block.chainid);
        vm.chainId(77);
        _assertDomain(77);
    }

    function _assertDomain(uint256 chainId) private view {
        (
            bytes1 fields,
            string memory name,
            string memory version,
            uint256 chain,
            address verifier,
            bytes32 salt,
            uint256[] memory extensions
        ) = onus.eip712Domain();
        assertEq(bytes32(fields), bytes32(bytes1(0x0f)), "fields");
        assertEq(name, "Onus", "name");
        assertEq(version, "1", "version");
        assertEq(chain, chainId, "chain");
        assertEq(verifier, address(onus), "verifying contract");
        assertEq(salt, 0, "salt");
        assertEq(extensions.length, 0, "extensions");
    }

    function _withoutCode(uint256 which) private view returns (Onus.Parameters memory p) {
        p = _parameters();
        if (which == 0) p.token = IERC20(stranger);
        if (which == 1) p.providers = IProviders(stranger);
        if (which == 2) p.models = IModels(stranger);
        if (which == 3) p.reputation = IReputation(stranger);
        if (which == 4) p.equivocation = IFault(stranger);
        if (which == 5) p.wrongExecution = ITimedFault(stranger);
        if (which == 6) p.omission = ITimedFault(stranger);
    }

    function _refuse(Onus.Parameters memory p, string memory name) private {
        vm.expectRevert(abi.encodeWithSelector(IRules.ParameterInvalid.selector, name));
        new Onus(p);
    }

    /// @dev With modules of its own.
    function _accept(Onus.Parameters memory p) private {
        _modules();
        Onus.Parameters memory fresh = _parameters();
        (fresh.thawPeriod, fresh.terms) = (p.thawPeriod, p.terms);
        Onus made = new Onus(fresh);
        assertEq(keccak256(abi.encode(made.terms())), keccak256(abi.encode(p.terms)), "terms");
        assertEq(made.thawPeriod(), p.thawPeriod, "thaw period");
    }
}
