// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Onus} from "../../contracts/core/Onus.sol";
import {IConvictions} from "../../contracts/interfaces/IConvictions.sol";
import {Fault} from "../../contracts/interfaces/IFault.sol";
import {IRules} from "../../contracts/interfaces/IRules.sol";
import {IStake} from "../../contracts/interfaces/IStake.sol";
import {OffenceId} from "../../contracts/types/OffenceId.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {OnusTest} from "../helpers/OnusTest.sol";
import {Reentrant} from "../helpers/Reentrant.sol";
import {BlockingToken, HookToken} from "../helpers/Tokens.sol";

contract PayoutsTest is OnusTest {
    uint256 private constant STAKE = 4_000e18;
    uint256 private constant C = 10e18;
    /// @dev Of a receipt over `C`: a bond of 20 and one percent of the stake, of which a fifth is the challenger's.
    uint256 private constant REWARD = 12e18;
    uint256 private constant BURNABLE = 38e18;

    function setUp() public override {
        super.setUp();
        _stake(provider, STAKE);
    }

    // three parts

    function test_claim_paysEachPartToWhomItBelongsWhoeverCalls() public {
        (Receipt memory receipt, bytes32 id) = _convicted();
        vm.warp(START + ESCROW);
        vm.expectEmit(address(onus));
        emit IConvictions.PayoutClaimed(id, consumer, C);
        vm.prank(stranger);
        onus.claimRestitution(receipt);
        vm.expectEmit(address(onus));
        emit IConvictions.PayoutClaimed(id, challenger, REWARD);
        vm.prank(stranger);
        onus.claimReward(id);
        vm.expectEmit(address(onus));
        emit IConvictions.PayoutBurned(id, BURNABLE);
        vm.prank(stranger);
        onus.burn(id);
        assertEq(token.balanceOf(consumer), C, "consumer");
        assertEq(token.balanceOf(challenger), REWARD, "challenger");
        assertEq(token.balanceOf(BURN_ADDRESS), BURNABLE, "burned");
        assertEq(token.balanceOf(stranger), 0, "who called");
        assertEq(token.balanceOf(address(onus)), onus.account(provider).active, "kept");
        assertEq(onus.restituted(provider), C, "restituted");
    }

    /// @dev In any order, any number of times: each part leaves once, and the others stay owed.
    function testFuzz_claim_paysEachPartOnceInAnyOrder(uint256 order) public {
        (Receipt memory receipt, bytes32 id) = _convicted();
        vm.warp(START + ESCROW);
        uint256 paid;
        for (uint256 i; i < 9; ++i) {
            uint256 part = (order >> (8 * i)) % 3;
            if ((paid >> part) & 1 == 1) vm.expectRevert(_empty(id));
            _claimPart(part, receipt, id);
            paid |= 1 << part;
            IConvictions.Payout memory due = _payout(id);
            assertEq(due.restitution, paid & 1 == 0 ? C : 0, "restitution");
            assertEq(due.reward, paid & 2 == 0 ? REWARD : 0, "reward");
            assertEq(due.burnable, paid & 4 == 0 ? BURNABLE : 0, "burnable");
            uint256 owed = uint256(due.restitution) + due.reward + due.burnable;
            assertEq(token.balanceOf(address(onus)), onus.account(provider).active + owed, "kept");
        }
    }

    function test_claim_refusesTheSecondBeforeTheEscrowEnds() public {
        (Receipt memory receipt, bytes32 id) = _convicted();
        vm.warp(START + ESCROW - 1);
        bytes memory refusal = abi.encodeWithSelector(
            IConvictions.PayoutNotMatured.selector,
            id,
            START + ESCROW
        );
        for (uint256 part; part < 3; ++part) {
            vm.expectRevert(refusal);
            _claimPart(part, receipt, id);
        }
        _assertOwed(id, C, REWARD, BURNABLE);
    }

    function testFuzz_claim_refusesUnknownPayouts(bytes32 id) public {
        vm.expectRevert(_empty(id));
        onus.claimReward(id);
        vm.expectRevert(_empty(id));
        onus.burn(id);
        Receipt memory receipt = _receipt(C);
        vm.expectRevert(_empty(_idOf(receipt)));
        onus.claimRestitution(receipt);
    }

    function test_claim_paysAConvictionWithoutABondUnderTheOffence() public {
        (Receipt memory receipt, bytes32 id) = _convictedBySignature();
        vm.warp(START + ESCROW);
        vm.expectRevert(_empty(_idOf(receipt)));
        onus.claimRestitution(receipt);
        onus.claimReward(id);
        onus.burn(id);
        // One percent of the stake, and the challenger gets a fifth.
        assertEq(token.balanceOf(challenger), 8e18, "reward");
        assertEq(token.balanceOf(BURN_ADDRESS), 32e18, "burned");
        assertEq(onus.restituted(provider), 0, "restituted");
    }

    function testFuzz_claim_paysOutExactlyWhatWasTaken(uint256 coverage, uint256 stake) public {
        _stake(provider, bound(stake, 1, 1e30));
        Receipt memory receipt = _receipt(bound(coverage, 1, onus.capacity(provider)));
        _attest(receipt);
        _convictDirect(receipt);
        bytes32 id = _idOf(receipt);
        vm.warp(START + ESCROW);
        onus.claimRestitution(receipt);
        if (_payout(id).reward != 0) onus.claimReward(id);
        if (_payout(id).burnable != 0) onus.burn(id);
        assertEq(token.balanceOf(consumer), receipt.coverage, "the coverage exactly");
        assertEq(token.balanceOf(address(onus)), onus.account(provider).active, "nothing is left over");
    }

    function test_claim_ofABlockedRecipientBlocksNobodyElse() public {
        BlockingToken blocking = new BlockingToken();
        blocking.mint(provider, STAKE);
        _restartWith(blocking);
        blocking.setBlocked(consumer);
        (Receipt memory receipt, bytes32 id) = _convicted();
        vm.warp(START + ESCROW);
        vm.expectRevert(abi.encodeWithSelector(BlockingToken.Blocked.selector, consumer));
        onus.claimRestitution(receipt);
        assertEq(onus.restituted(provider), 0, "restituted");
        onus.claimReward(id);
        onus.burn(id);
        blocking.setBlocked(address(0));
        onus.claimRestitution(receipt);
        assertEq(blocking.balanceOf(consumer), C, "paid in the end");
    }

    function test_claimRestitution_paysOnceWhenItIsReentered() public {
        HookToken hooked = new HookToken();
        hooked.mint(provider, STAKE);
        _restartWith(hooked);
        Reentrant attacker = new Reentrant(onus, hooked);
        Receipt memory receipt = _receipt(C);
        receipt.consumer = address(attacker);
        _attest(receipt);
        _convictDirect(receipt);
        vm.warp(START + ESCROW);
        attacker.arm(abi.encodeCall(IConvictions.claimRestitution, (receipt)));
        onus.claimRestitution(receipt);
        assertEq(attacker.refused(), IConvictions.PayoutEmpty.selector, "the inner call");
        assertEq(hooked.balanceOf(address(attacker)), C, "paid");
        assertEq(hooked.balanceOf(address(onus)), onus.account(provider).active + REWARD + BURNABLE, "kept");
    }

    // back to the provider

    function test_returnPayout_givesEverythingBackToTheActiveStake() public {
        (Receipt memory receipt, bytes32 id) = _convicted();
        Books memory books = _books(provider);
        books.active = STAKE;
        vm.warp(START + ESCROW - 1);
        vm.expectEmit(address(onus));
        emit IConvictions.PayoutReturned(id, provider, C + REWARD + BURNABLE);
        _return(id, receipt);
        // What was proven stays: the fault, and what it took at first.
        _assertBooks(provider, books);
        assertTrue(_payout(id).returned, "returned");
        _assertOwed(id, 0, 0, 0);
        assertEq(_payout(id).challenger, challenger, "challenger");
    }

    function test_returnPayout_leavesNothingToClaim() public {
        (Receipt memory receipt, bytes32 id) = _convicted();
        _return(id, receipt);
        for (uint256 i; i < 2; ++i) {
            for (uint256 part; part < 3; ++part) {
                vm.expectRevert(_empty(id));
                _claimPart(part, receipt, id);
            }
            vm.warp(START + ESCROW);
        }
        assertEq(onus.restituted(provider), 0, "restituted");
        assertEq(token.balanceOf(address(onus)), onus.account(provider).active, "kept");
    }

    function test_returnPayout_happensOnce() public {
        (Receipt memory receipt, bytes32 id) = _convicted();
        _return(id, receipt);
        vm.expectRevert(abi.encodeWithSelector(IConvictions.PayoutSettled.selector, id));
        _return(id, receipt);
        assertEq(onus.account(provider).active, STAKE, "active stake");
    }

    function test_returnPayout_isRefusedFromTheSecondOnThatPays() public {
        (Receipt memory receipt, bytes32 id) = _convicted();
        bytes memory refusal = abi.encodeWithSelector(IConvictions.PayoutSettled.selector, id);
        vm.warp(START + ESCROW);
        vm.expectRevert(refusal);
        _return(id, receipt);
        onus.claimReward(id);
        vm.expectRevert(refusal);
        _return(id, receipt);
        _assertOwed(id, C, 0, BURNABLE);
    }

    function test_returnPayout_isForGovernanceOnly() public {
        (Receipt memory receipt, bytes32 id) = _convicted();
        address[4] memory others = [stranger, provider, governor, guardian];
        for (uint256 i; i < 4; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IRules.SenderNotGovernance.selector, others[i]));
            vm.prank(others[i]);
            onus.returnPayout(id, receipt);
        }
    }

    function test_returnPayout_needsAReceiptOfThatPayout() public {
        (Receipt memory receipt, bytes32 id) = _convicted();
        bytes memory refusal = abi.encodeWithSelector(IConvictions.PayoutMismatch.selector, id);
        Receipt[3] memory others = [_receipt(C), _rival(receipt), receipt];
        others[2] = abi.decode(abi.encode(receipt), (Receipt));
        others[2].provider = stranger;
        for (uint256 i; i < 3; ++i) {
            vm.expectRevert(refusal);
            _return(id, others[i]);
        }
        assertEq(onus.account(stranger).active, 0, "the stranger's stake");
        _assertOwed(id, C, REWARD, BURNABLE);
    }

    function test_returnPayout_refusesPayoutsThatDoNotExist() public {
        Receipt memory receipt = _receipt(C);
        bytes32 id = _idOf(receipt);
        vm.expectRevert(abi.encodeWithSelector(IConvictions.PayoutEmpty.selector, id));
        _return(id, receipt);
        // Without a record the fault reads as the first of all.
        id = _offence(receipt, Fault.Equivocation);
        vm.expectRevert(abi.encodeWithSelector(IConvictions.PayoutEmpty.selector, id));
        _return(id, receipt);
    }

    function test_returnPayout_ofASignedConvictionTakesAnyReceiptOfTheRequest() public {
        (Receipt memory receipt, bytes32 id) = _convictedBySignature();
        Receipt memory other = _receipt(C);
        vm.expectRevert(abi.encodeWithSelector(IConvictions.PayoutMismatch.selector, id));
        _return(id, other);
        other = _rival(receipt);
        other.provider = stranger;
        vm.expectRevert(abi.encodeWithSelector(IConvictions.PayoutMismatch.selector, id));
        _return(id, other);
        _return(id, _rival(receipt));
        assertEq(onus.account(provider).active, STAKE, "active stake");
        assertTrue(onus.account(provider).tombstoned, "still excluded");
        assertEq(onus.faultRecord(provider).faults, 1, "the fault stays");
        vm.warp(START + ESCROW);
        vm.expectRevert(_empty(id));
        onus.claimReward(id);
    }

    function test_returnPayout_ofOneFaultLeavesAnotherOfTheSameReceipt() public {
        (Receipt memory receipt, bytes32 id) = _convicted();
        bytes memory evidence = _against(_rival(receipt));
        vm.prank(challenger);
        (OffenceId offence, ) = onus.convict(Fault.Equivocation, receipt, _direct(), evidence);
        uint256 active = onus.account(provider).active;
        _return(id, receipt);
        assertEq(onus.account(provider).active, active + C + REWARD + BURNABLE, "active stake");
        IConvictions.Payout memory due = _payout(OffenceId.unwrap(offence));
        assertFalse(due.returned, "the other");
        // Twice one percent of what the first had left, as the second fault.
        uint256 punitive = 2 * ((STAKE - C - REWARD - BURNABLE) / 100);
        assertEq(uint256(due.reward) + due.burnable, punitive, "still owed");
    }

    /// @dev What came back is stake like any other: it can leave, and it can be taken.
    function test_returnPayout_givesBackWhatCanBeReservedAndTakenAgain() public {
        (Receipt memory receipt, bytes32 id) = _convicted();
        _return(id, receipt);
        assertEq(onus.capacity(provider), STAKE / 4, "capacity");
        Receipt memory next = _receipt(STAKE / 4);
        _attest(next);
        _convictDirect(next);
        assertEq(onus.account(provider).active, 0, "active stake");
        assertEq(onus.faultRecord(provider).faults, 2, "faults");
    }

    function test_returnPayout_leavesTheReceiptConvicted() public {
        (Receipt memory receipt, bytes32 id) = _convicted();
        _return(id, receipt);
        bytes memory refusal = abi.encodeWithSelector(
            IConvictions.AlreadyConvicted.selector,
            _offence(receipt, Fault.WrongExecution),
            id
        );
        vm.expectRevert(refusal);
        onus.convict(Fault.WrongExecution, receipt, _direct(), GUILTY);
        // Nor can who knew before take over what is not there.
        vm.expectRevert(refusal);
        onus.convict(Fault.WrongExecution, receipt, _direct(), abi.encode(true, uint64(1)));
        assertEq(_payout(id).challenger, challenger, "challenger");
    }

    function test_returnPayout_worksWhileTheClockStandsStill() public {
        (Receipt memory receipt, bytes32 id) = _convicted();
        vm.warp(START + ESCROW - 1);
        vm.prank(address(governance));
        onus.stopDisputes(7 days);
        vm.warp(START + ESCROW + 7 days - 2);
        _return(id, receipt);
        assertEq(onus.account(provider).active, STAKE, "active stake");
    }

    function testFuzz_returnPayout_givesBackExactlyWhatWasTaken(uint256 coverage, uint256 thawing) public {
        Receipt memory receipt = _receipt(bound(coverage, 1, STAKE / 4));
        _attest(receipt);
        thawing = bound(thawing, 0, STAKE - 4 * uint256(receipt.coverage));
        if (thawing != 0) {
            vm.prank(provider);
            onus.startThaw(uint128(thawing));
        }
        _convictDirect(receipt);
        _return(_idOf(receipt), receipt);
        IStake.Account memory stake = onus.account(provider);
        assertEq(uint256(stake.active) + onus.thaw(provider).amount, STAKE, "stake");
        assertEq(stake.locked, 0, "locked");
        assertEq(token.balanceOf(address(onus)), STAKE, "token balance");
    }

    // taking over

    function test_takeOver_movesTheRewardOfASignedConvictionToo() public {
        Receipt memory receipt = _receipt(C);
        bytes memory signature = _sign(KEY, receipt);
        bytes memory evidence = _against(_rival(receipt));
        equivocation.commit(equivocation.commitmentTo(onus.receiptIdOf(receipt), challenger, evidence));
        vm.warp(START + 60);
        vm.prank(stranger);
        (OffenceId id, ) = onus.convictSigned(Fault.Equivocation, receipt, signature, evidence);
        vm.expectEmit(address(onus));
        emit IConvictions.RewardMoved(onus.receiptIdOf(receipt), id, stranger, challenger);
        vm.prank(challenger);
        (, IConvictions.Taken memory taken) = onus.convictSigned(
            Fault.Equivocation,
            receipt,
            signature,
            evidence
        );
        assertEq(uint256(taken.bond) + taken.punitive + taken.restitution + taken.reward, 0, "taken");
        vm.warp(START + 60 + ESCROW);
        onus.claimReward(OffenceId.unwrap(id));
        assertEq(token.balanceOf(challenger), 8e18, "reward");
        assertEq(token.balanceOf(stranger), 0, "who copied");
    }

    function test_takeOver_isPossibleUntilTheLastSecondOfTheEscrow() public {
        Receipt memory receipt = _receipt(C);
        receipt.challengeWindow = 14 days;
        _attest(receipt);
        vm.prank(stranger);
        onus.convict(Fault.WrongExecution, receipt, _direct(), GUILTY);
        vm.warp(START + ESCROW - 1);
        vm.prank(challenger);
        onus.convict(Fault.WrongExecution, receipt, _direct(), abi.encode(true, uint64(START - 1)));
        vm.warp(START + ESCROW);
        vm.expectPartialRevert(IConvictions.AlreadyConvicted.selector);
        onus.convict(Fault.WrongExecution, receipt, _direct(), abi.encode(true, uint64(START - 2)));
        onus.claimReward(_idOf(receipt));
        assertEq(token.balanceOf(challenger), REWARD, "reward");
    }

    /// @dev A directly attested receipt, convicted by the challenger.
    function _convicted() private returns (Receipt memory receipt, bytes32 payoutId) {
        receipt = _receipt(C);
        payoutId = _idOf(receipt);
        _attest(receipt);
        _convictDirect(receipt);
    }

    /// @dev Two signed answers to one request, of which none was anchored.
    function _convictedBySignature() private returns (Receipt memory receipt, bytes32 payoutId) {
        receipt = _receipt(C);
        payoutId = _offence(receipt, Fault.Equivocation);
        bytes memory signature = _sign(KEY, receipt);
        bytes memory evidence = _against(_rival(receipt));
        vm.prank(challenger);
        onus.convictSigned(Fault.Equivocation, receipt, signature, evidence);
    }

    function _claimPart(uint256 part, Receipt memory receipt, bytes32 id) private {
        if (part == 0) onus.claimRestitution(receipt);
        else if (part == 1) onus.claimReward(id);
        else onus.burn(id);
    }

    function _return(bytes32 id, Receipt memory receipt) private {
        vm.prank(address(governance));
        onus.returnPayout(id, receipt);
    }

    /// @dev Another registry over `other`, in which the provider deposits all that it has.
    function _restartWith(IERC20 other) private {
        _modules();
        Onus.Parameters memory p = _parameters();
        p.token = other;
        onus = new Onus(p);
        vm.prank(provider);
        other.approve(address(onus), STAKE);
        vm.prank(provider);
        onus.deposit(uint128(STAKE));
    }

    function _assertOwed(bytes32 id, uint256 restitution, uint256 reward, uint256 burnable) private view {
        IConvictions.Payout memory due = _payout(id);
        assertEq(due.restitution, restitution, "restitution");
        assertEq(due.reward, reward, "reward");
        assertEq(due.burnable, burnable, "burnable");
    }

    function _offence(Receipt memory receipt, Fault fault) private pure returns (bytes32) {
        bytes32 key = keccak256(abi.encode(receipt.provider, receipt.consumer, receipt.requestId));
        return keccak256(abi.encode(key, fault));
    }

    function _empty(bytes32 id) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IConvictions.PayoutEmpty.selector, id);
    }
}
