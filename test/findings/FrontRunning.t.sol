// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Fault} from "../../contracts/interfaces/IFault.sol";
import {IConvictions} from "../../contracts/interfaces/IConvictions.sol";
import {IOmission} from "../../contracts/interfaces/IOmission.sol";
import {IReceipts} from "../../contracts/interfaces/IReceipts.sol";
import {IStake} from "../../contracts/interfaces/IStake.sol";
import {Batch, Inclusion} from "../../contracts/types/Batch.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {FindingTest} from "./FindingTest.sol";

/// @dev Who acts first, and who is whose friend.
contract FrontRunningFindingsTest is FindingTest {
    function setUp() public override {
        super.setUp();
        _stake(provider, STAKE);
    }

    function test_T34_TRST_L6_leavingAheadOfAConvictionSavesNothing() public {
        Receipt memory receipt = _anchored(STAKE / 16);
        _thaw(STAKE - STAKE / 4);
        assertEq(_convictAs(challenger, receipt), STAKE / 4, "taken");
    }

    function test_T35_SYMCert_L03_noStakeLeavesAtOnce() public {
        _thaw(STAKE / 2);
        _pass(THAW - 1);
        vm.prank(provider);
        _rejects(IStake.ThawNotMatured.selector);
        onus.withdraw();
    }

    function test_T36_HollowVictory_GZ24_L02_whoConvictsItselfLosesMoreThanHalf() public {
        Receipt memory receipt = _receipt(STAKE / 16);
        receipt.consumer = provider;
        _attest(receipt);
        uint256 taken = _convictSelf(receipt);
        _pass(ESCROW);
        uint256 back = _collect(receipt);
        assertLe(back * 100, taken * 45, "recovered");
    }

    function test_T37_GZ25_L18_ELIP006_aConvictionIsNoWayOut() public {
        Receipt memory receipt = _receipt(STAKE / 4);
        receipt.consumer = provider;
        _attest(receipt);
        _convictSelf(receipt);
        bytes32 id = _idOf(receipt);
        _rejects(IConvictions.PayoutNotMatured.selector);
        onus.claimReward(id);
        _pass(ESCROW);
        assertEq(_collect(receipt), (STAKE * 45) / 100, "recovered of everything");
        onus.burn(id);
        assertEq(token.balanceOf(BURN_ADDRESS), (STAKE * 55) / 100, "burned");
    }

    function test_T38_Polkadot_whoCopiesEvidenceEarnsNothing() public {
        Receipt memory receipt = _anchored(10e18);
        bytes memory evidence = _committed(receipt);
        vm.prank(stranger);
        onus.convict(Fault.Equivocation, receipt, _direct(), evidence);
        assertEq(_payout(_idOf(receipt)).challenger, stranger, "the copy came first");
        vm.prank(challenger);
        onus.convict(Fault.Equivocation, receipt, _direct(), evidence);
        assertEq(_payout(_idOf(receipt)).challenger, challenger, "who knew first has the reward");
    }

    /// @dev A commitment would be too old when the stop is over, and a guardian would choose who is paid.
    function test_T38_Polkadot_aStopTakesNoRewardFromWhoKnewFirst() public {
        Receipt memory receipt = _anchored(10e18);
        bytes memory evidence = _committed(receipt);
        vm.prank(stranger);
        onus.convict(Fault.Equivocation, receipt, _direct(), evidence);
        _stop(1 days);
        vm.prank(challenger);
        onus.convict(Fault.Equivocation, receipt, _direct(), evidence);
        assertEq(_payout(_idOf(receipt)).challenger, challenger, "who knew first has the reward");
    }

    /// @dev What is copied out of a conviction of the anchored receipt convicts its rival, by signature.
    function test_T38_Polkadot_whoCopiesEvidenceForTheRivalEarnsNothing() public {
        Receipt memory receipt = _anchored(1e18);
        bytes memory evidence = _committed(receipt);
        Receipt memory rival = _rival(receipt);
        bytes memory signature = _sign(KEY, rival);
        vm.prank(stranger);
        onus.convictSigned(Fault.Equivocation, rival, signature, _placed(receipt, _direct()));
        bytes32 offence = _offenceOf(receipt, Fault.Equivocation);
        for (uint256 i; i < 2; ++i) {
            assertEq(_payout(offence).challenger, stranger, "the bond first, then the copied reward");
            vm.prank(challenger);
            onus.convict(Fault.Equivocation, receipt, _direct(), evidence);
            assertEq(_payout(_idOf(receipt)).challenger, challenger, "the bond's reward");
        }
        assertEq(_payout(offence).challenger, challenger, "who knew first has the reward");
        vm.prank(challenger);
        _rejects(IConvictions.AlreadyConvicted.selector);
        onus.convict(Fault.Equivocation, receipt, _direct(), evidence);
    }

    function test_T39_Truebit_theNumberOfChallengersChangesNothing() public {
        Receipt memory receipt = _anchored(10e18);
        _convictDirect(receipt);
        for (uint256 i = 1; i < 5; ++i) {
            vm.prank(address(uint160(stranger) + uint160(i)));
            _rejects(IConvictions.AlreadyConvicted.selector);
            onus.convict(Fault.WrongExecution, receipt, _direct(), GUILTY);
        }
        assertEq(_payout(_idOf(receipt)).reward, 8e18, "one reward");
    }

    function test_T40_TRST_M7_GZ24_L01_UMA_aClaimCostsMoreThanItsAnswer() public {
        Receipt memory receipt = _anchored(10e18);
        bytes memory signature = _sign(KEY, receipt);
        _pass(2 hours);
        uint256 price = omission.answerPrice();
        _rejects(IOmission.BondTooLow.selector);
        omission.claim{value: price - 1}(receipt, signature);
        omission.claim{value: price}(receipt, signature);
        omission.answer(receipt, _direct());
        uint256 balance = provider.balance;
        omission.settle(receipt);
        assertEq(provider.balance - balance, price, "the provider has the bond");
    }

    function test_T41_GZ25_M03_nobodyDepositsForAnother() public {
        Books memory expected = _books(provider);
        _stake(stranger, STAKE);
        expected.balance += STAKE;
        _assertBooks(provider, expected);
    }

    function test_T42_aLostDisputeEarnsTheProviderNothing() public {
        Receipt memory receipt = _anchored(10e18);
        Books memory expected = _books(provider);
        uint256 score = reputation.reputation(provider).score;
        bytes memory signature = _sign(KEY, receipt);
        _pass(2 hours);
        omission.claim{value: omission.answerPrice()}(receipt, signature);
        omission.answer(receipt, _direct());
        _assertBooks(provider, expected);
        assertEq(reputation.reputation(provider).score, score, "score");
    }

    function test_T44_TRST_H2_whoIsEverythingHasSeparateAccounts() public {
        Receipt memory receipt = _receipt(10e18);
        receipt.consumer = provider;
        _attest(receipt);
        _convictSelf(receipt);
        Books memory expected = _books(provider);
        _pass(ESCROW);
        uint256 back = _collect(receipt);
        expected.restituted = 10e18;
        expected.balance -= back;
        _assertBooks(provider, expected);
    }

    function test_T44_TRST_H2_theIdOfABatchIsNoReceipts() public {
        Receipt[] memory receipts = new Receipt[](2);
        (receipts[0], receipts[1]) = (_receipt(1e18), _receipt(1e18));
        Inclusion memory place = _inclusion(receipts, 0);
        _anchor(place.batch);
        _passWindow();
        _rejects(IReceipts.NotAnchored.selector);
        onus.releaseReceipt(receipts[0], place);
        _rejects(IReceipts.NotAnchored.selector);
        onus.releaseReceipt(receipts[0], _direct());
    }

    /// @dev What the provider gets as consumer and challenger of its own receipt.
    /// @dev Evidence that the challenger has committed to a minute ago.
    function _committed(Receipt memory receipt) private returns (bytes memory evidence) {
        evidence = _against(_rival(receipt));
        equivocation.commit(equivocation.commitmentTo(onus.receiptIdOf(receipt), challenger, evidence));
        _pass(1 minutes);
    }

    function _collect(Receipt memory receipt) private returns (uint256) {
        uint256 balance = token.balanceOf(provider);
        onus.claimRestitution(receipt);
        onus.claimReward(_idOf(receipt));
        return token.balanceOf(provider) - balance;
    }
}
