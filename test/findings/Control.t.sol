// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Fault} from "../../contracts/interfaces/IFault.sol";
import {IConvictions} from "../../contracts/interfaces/IConvictions.sol";
import {IKeys} from "../../contracts/interfaces/IKeys.sol";
import {IOmission} from "../../contracts/interfaces/IOmission.sol";
import {IReceipts} from "../../contracts/interfaces/IReceipts.sol";
import {IRules} from "../../contracts/interfaces/IRules.sol";
import {IStake} from "../../contracts/interfaces/IStake.sol";
import {Bound} from "../../contracts/libraries/Bound.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {Terms} from "../../contracts/types/Terms.sol";
import {FindingTest} from "./FindingTest.sol";

/// @dev What those who govern, or come first, can do.
contract ControlFindingsTest is FindingTest {
    function setUp() public override {
        super.setUp();
        _stake(provider, STAKE);
    }

    function test_T45_EigenLayer_nobodyHoldsAKeyThatSlashes() public {
        Receipt memory receipt = _anchored(1e18);
        uint256 until = onus.clock() + 1 days;
        address[3] memory hands = [governor, guardian, address(governance)];
        for (uint256 i; i < 3; ++i) {
            vm.prank(hands[i]);
            _rejects(IConvictions.NotGuilty.selector);
            onus.convict(Fault.WrongExecution, receipt, _direct(), INNOCENT);
            vm.prank(hands[i]);
            _rejects(IKeys.SenderNotAuthorised.selector);
            onus.detain(receipt, _direct(), until, block.number);
        }
    }

    function test_T46_Graph_Symbiotic_Sigvara_whoGovernsRedirectsNothing() public {
        Receipt memory receipt = _anchored(10e18);
        Receipt memory other = _anchored(10e18);
        _convictDirect(receipt);
        bytes32 id = _idOf(receipt);
        vm.prank(governor);
        _rejects(IRules.SenderNotGovernance.selector);
        onus.returnPayout(id, receipt);
        vm.prank(guardian);
        _rejects(IConvictions.PayoutMismatch.selector);
        governance.returnPayout(id, other);
    }

    function test_T47_Graph_whilePausedDisputesGoOn() public {
        Receipt memory receipt = _anchored(10e18);
        Receipt memory next = _receipt(1e18);
        _pause(1 days);
        vm.prank(provider);
        _rejects(IRules.AnchorsPaused.selector);
        onus.attest(next);
        judge.detain(receipt, _direct(), onus.clock() + 2 days);
        _convictDirect(receipt);
    }

    function test_T47_EigenLayer_whileStoppedEveryClockStands() public {
        Receipt memory receipt = _anchored(10e18);
        _thaw(STAKE / 2);
        _pass(WINDOW);
        _stop(7 days);
        _pass(7 days - 1);
        vm.prank(challenger);
        _rejects(IRules.DisputesStopped.selector);
        onus.convict(Fault.WrongExecution, receipt, _direct(), GUILTY);
        vm.prank(provider);
        _rejects(IRules.DisputesStopped.selector);
        onus.withdraw();
        _pass(1);
        _convictDirect(receipt);
        _pass(THAW - WINDOW - 1);
        vm.prank(provider);
        _rejects(IStake.ThawNotMatured.selector);
        onus.withdraw();
        _pass(1);
        assertEq(_withdraw(), STAKE / 2, "thawed on the registry's clock");
    }

    /// @dev Evidence counts as long as stake thaws. To end a stop that is over must not shorten that.
    function test_T47_EigenLayer_endingNoStopForgetsNoEvidence() public {
        Receipt memory receipt = _receipt(1e18);
        bytes memory signature = _sign(KEY, receipt);
        _stop(7 days);
        _pass(7 days);
        _stop(0);
        _pass(THAW);
        Receipt memory rival = _rival(receipt);
        onus.convictSigned(Fault.Equivocation, receipt, signature, _against(rival));
    }

    function test_T47_EigenLayer_aStopThatEndsEarlyIsRememberedForItsLength() public {
        Receipt memory receipt = _receipt(1e18);
        bytes memory signature = _sign(KEY, receipt);
        _stop(7 days);
        _pass(3 days);
        _stop(0);
        _pass(1 days);
        _stop(0);
        _pass(THAW - 1 days);
        Receipt memory rival = _rival(receipt);
        onus.convictSigned(Fault.Equivocation, receipt, signature, _against(rival));
    }

    /// @dev Pauses that follow each other, the last of which ends early: who could not anchor is not to blame.
    function test_T47_Graph_aPauseThatEndsEarlyExcusesAsLongAsItLasted() public {
        for (uint256 i; i < 2; ++i) {
            _pause(30 days);
            _pass(60 days);
        }
        Receipt memory receipt = _receipt(1e18);
        receipt.anchorBy = uint64(block.timestamp + 1 days);
        bytes memory signature = _sign(KEY, receipt);
        _pause(30 days);
        _pass(5 days);
        _pause(0);
        uint256 price = omission.answerPrice();
        _rejects(IOmission.Excused.selector);
        omission.claim{value: price}(receipt, signature);
    }

    function test_T48_EigenLayer_Kleros_newTermsWaitUntilEverybodyCouldLeave() public {
        _thaw(STAKE);
        vm.prank(governor);
        governance.propose(Terms(uint88(10 * MIN_STAKE), 0, 60));
        _pass(THAW);
        (bool success, ) = address(governance).call(abi.encodeCall(governance.enact, ()));
        assertFalse(success, "terms hold before stake could leave");
        assertEq(_withdraw(), STAKE, "withdrawn");
    }

    function test_T50_SYMCert_M05_SYMCert_L05_noModuleIsBoundTwice() public {
        address[4] memory bound_ = [
            address(providers),
            address(reputation),
            address(omission),
            address(governance)
        ];
        for (uint256 i; i < 4; ++i) {
            vm.expectRevert(abi.encodeWithSelector(Bound.AlreadyBound.selector, address(onus)));
            IBindable(bound_[i]).bind();
        }
    }

    function test_T51_GZ25_L08_aSignatureIsOfOneChain() public {
        Receipt memory receipt = _anchored(1e18);
        bytes32 id = _idOf(receipt);
        bytes memory signature = _sign(KEY, receipt);
        vm.chainId(block.chainid + 1);
        assertFalse(_idOf(receipt) == id, "another id");
        _rejects(IReceipts.SignatureInvalid.selector);
        onus.verifySigned(receipt, signature);
    }

    function testFuzz_T52_GZ25_L01_TRST_L3_TRST_L10_EGSL07_capacityIsWhatCanBeAnchored(
        uint256 first,
        uint256 thawing
    ) public {
        Receipt memory receipt = _anchored(bound(first, 1, STAKE / 8));
        _thaw(bound(thawing, 1, STAKE - STAKE / 2));
        _convictDirect(receipt);
        uint256 capacity = onus.capacity(provider);
        Receipt memory tooMuch = _receipt(capacity + 1);
        vm.prank(provider);
        _rejectsStakeTooLow();
        onus.attest(tooMuch);
        if (capacity != 0) _anchored(capacity);
    }
}

/// @dev What every module of a registry has.
interface IBindable {
    function bind() external;
}
