// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Equivocation} from "../../contracts/faults/Equivocation.sol";
import {IConvictions} from "../../contracts/interfaces/IConvictions.sol";
import {Fault} from "../../contracts/interfaces/IFault.sol";
import {IReceipts} from "../../contracts/interfaces/IReceipts.sol";
import {IStake} from "../../contracts/interfaces/IStake.sol";
import {SumTree} from "../../contracts/libraries/SumTree.sol";
import {Inclusion} from "../../contracts/types/Batch.sol";
import {OffenceId} from "../../contracts/types/OffenceId.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {ReceiptId} from "../../contracts/types/ReceiptId.sol";
import {RequestKey} from "../../contracts/types/RequestKey.sol";
import {OnusTest} from "../helpers/OnusTest.sol";
import {StubJudge} from "../helpers/StubJudge.sol";

contract ConvictionsTest is OnusTest {
    uint256 private constant STAKE = 4_000e18;
    uint256 private constant C = 10e18;

    /// @dev What a conviction is expected to find. `ordinal` says which fault within 90 days the offence
    /// is, or was when it was proven for the first time, if this is a `further` bond of it; an empty
    /// signature means `convict`, any other `convictSigned`.
    struct Case {
        Fault fault;
        Receipt receipt;
        Inclusion inclusion;
        bytes signature;
        bytes evidence;
        bytes32 lockId;
        uint256 bond;
        uint256 ordinal;
        bool further;
    }

    /// @dev What it is expected to do, by the rules in `IConvictions`.
    struct Outcome {
        uint256 punitive;
        uint256 taken;
        uint256 restitution;
        uint256 reward;
        uint256 lockBond;
        bytes32 payoutId;
        uint256 faults;
    }

    Receipt[] private _owed;

    function setUp() public override {
        super.setUp();
        _stake(provider, STAKE);
    }

    // the arithmetic of one conviction

    function testFuzz_convict_dividesWhatItTakesToTheWei(uint256 coverage, uint256 stake) public {
        _stake(provider, bound(stake, 1, 1e30));
        coverage = bound(coverage, 1, onus.capacity(provider));
        _convictAndCheck(_direct(coverage, 1));
    }

    function test_convict_takesTheBondAndAsMuchAgain() public {
        Case memory c = _direct(100e18, 1);
        _convictAndCheck(c);
        IConvictions.Payout memory due = _payout(_idOf(c.receipt));
        assertEq(due.restitution, 100e18, "the consumer gets the coverage");
        assertEq(due.reward, 80e18, "the challenger gets 20 % of 400");
        assertEq(due.burnable, 220e18, "the rest is burned");
        assertEq(onus.account(provider).active, STAKE - 400e18, "active stake");
    }

    function test_convict_takesAtLeastOnePercentOfTheWholeStake() public {
        vm.prank(provider);
        onus.startThaw(uint128(1_000e18));
        _convictAndCheck(_direct(1, 1));
        assertEq(onus.faultRecord(provider).slashed, 40e18 + 2, "slashed");
    }

    function testFuzz_convict_escalatesWithin90Days(uint256 first, uint256 second, uint256 third) public {
        _convictAndCheck(_direct(bound(first, 1, C), 1));
        vm.warp(START + 45 days);
        _convictAndCheck(_direct(bound(second, 1, C), 2));
        assertFalse(onus.account(provider).tombstoned, "tombstoned at the second");
        Case memory c = _direct(bound(third, 1, C), 3);
        vm.warp(START + 90 days - 1);
        Receipt memory more = _receipt(1);
        _convictAndCheck(c);
        assertTrue(onus.account(provider).tombstoned, "tombstoned at the third");
        vm.expectRevert(abi.encodeWithSelector(IStake.ProviderTombstoned.selector, provider));
        _attest(more);
    }

    function test_convict_forgetsFaultsAfter90Days() public {
        _convictAndCheck(_direct(C, 1));
        vm.warp(START + 90 days);
        _convictAndCheck(_direct(C, 1));
        vm.warp(START + 100 days);
        _convictAndCheck(_direct(C, 2));
        vm.warp(START + 180 days);
        _convictAndCheck(_direct(C, 2));
        assertFalse(onus.account(provider).tombstoned, "tombstoned");
        assertEq(onus.faultRecord(provider).faults, 4, "faults");
        assertEq(onus.faultRecord(provider).lastFaultAt, START + 180 days, "last fault");
        assertEq(onus.faultRecord(provider).previousFaultAt, START + 100 days, "previous fault");
    }

    function test_convict_staysAtTheThirdStepForWhatWasAnchoredBefore() public {
        Case[] memory cases = new Case[](5);
        uint256[5] memory ordinals = [uint256(1), 2, 3, 3, 3];
        for (uint256 i; i < 5; ++i) cases[i] = _direct(C, ordinals[i]);
        for (uint256 i; i < 5; ++i) _convictAndCheck(cases[i]);
    }

    function testFuzz_convict_clampsWhenTheUnreservedStakeIsShort(uint256 seed) public {
        // Everything that may be reserved is, in five receipts; escalation outgrows the rest.
        uint256[5] memory ordinals = [uint256(1), 2, 3, 3, 3];
        Case[] memory cases = new Case[](5);
        for (uint256 i; i < 5; ++i) {
            uint256 most = onus.capacity(provider);
            uint256 coverage = i == 4 ? most : bound(uint256(keccak256(abi.encode(seed, i))), 1, most / 2);
            cases[i] = _direct(coverage, ordinals[i]);
        }
        for (uint256 i; i < 5; ++i) _convictAndCheck(cases[i]);
        assertEq(onus.account(provider).locked, 0, "locked");
        // Every consumer gets its coverage.
        _assertRestituted(STAKE / 4);
    }

    function test_convict_takesThawingStakeWhenTheRestIsShort() public {
        Case memory c = _direct(C, 1);
        Case memory further = _direct(C, 2);
        vm.prank(provider);
        onus.startThaw(uint128(STAKE - 4 * 2 * C));
        // Active: 80, of which 40 are locked. Thawing: 3,920. One percent of all that is 40.
        _convictAndCheck(c);
        assertEq(onus.thaw(provider).amount, STAKE - 80e18, "untouched by the first");
        _convictAndCheck(further);
        assertEq(onus.account(provider).active, 0, "active stake");
        assertLt(onus.thaw(provider).amount, STAKE - 80e18, "thawing stake");
    }

    function test_convict_takesThawingStakeThatHasMatured() public {
        vm.prank(provider);
        onus.startThaw(uint128(STAKE - 400e18));
        vm.warp(START + THAW);
        Case memory c = _direct(100e18, 1);
        _convictAndCheck(c);
        _convictAndCheck(_signed(C, 2));
        uint256 left = onus.thaw(provider).amount;
        vm.prank(provider);
        onus.withdraw();
        assertEq(token.balanceOf(provider), left, "withdrawn");
    }

    function test_convictSigned_takesNothingFromWhoHasNothing() public {
        vm.prank(provider);
        onus.startThaw(uint128(STAKE));
        Receipt memory receipt = _receipt(C);
        receipt.issuedAt = uint64(START + THAW);
        vm.warp(START + THAW);
        vm.prank(provider);
        onus.withdraw();
        Case memory c = _signedCase(receipt, 1);
        _convictAndCheck(c);
        vm.warp(block.timestamp + ESCROW);
        vm.expectRevert(abi.encodeWithSelector(IConvictions.PayoutEmpty.selector, _offence(c)));
        onus.claimReward(_offence(c));
    }

    function testFuzz_convictSigned_takesOnePercentWhateverTheReceiptsPromise(
        uint128 coverage,
        uint128 rivals
    ) public {
        _attest(_receipt(C));
        vm.prank(provider);
        onus.startThaw(uint128(1_000e18));
        Receipt memory receipt = _receipt(coverage);
        Receipt memory rival = _rival(receipt);
        rival.coverage = rivals;
        Case memory c = _signedCase(receipt, 1);
        c.evidence = _against(rival);
        _convictAndCheck(c);
        assertEq(onus.faultRecord(provider).slashed, 40e18, "one percent of what is active or thaws");
        assertEq(onus.account(provider).locked, 2 * C, "what was locked stays");
    }

    function testFuzz_convictSigned_takesTwoPercentAfterAnotherFaultAndExcludes(uint128 coverage) public {
        _convictAndCheck(_direct(C, 1));
        uint256 left = onus.account(provider).active;
        _convictAndCheck(_signed(coverage, 2));
        assertEq(onus.account(provider).active, left - 2 * (left / 100), "two percent of what was left");
        assertTrue(onus.account(provider).tombstoned, "excluded");
    }

    function testFuzz_convictSigned_takesNothingFromWhoIsExcluded(uint128 coverage, uint8 requests) public {
        _convictAndCheck(_signed(C, 1));
        uint256 left = onus.account(provider).active;
        for (uint256 i; i < requests % 8; ++i) {
            Case memory c = _signed(coverage, 2);
            vm.expectRevert(_excluded());
            onus.convictSigned(Fault.Equivocation, c.receipt, c.signature, c.evidence);
        }
        assertEq(onus.account(provider).active, left, "nothing more");
        assertEq(onus.faultRecord(provider).faults, 1, "one fault");
    }

    function test_convictSigned_byAStolenKeyThatWasRevokedTakesExactlyOnePercent() public {
        _attest(_receipt(STAKE / 4));
        vm.warp(START + 1 days);
        vm.prank(provider);
        providers.revokeKey(vm.addr(KEY));
        vm.warp(START + THAW);
        // Made up by the thief, with a date at which the key was still valid.
        Receipt memory receipt = _receipt(type(uint128).max);
        receipt.issuedAt = uint64(START + 1 days);
        receipt.challengeWindow = type(uint32).max;
        Case memory c = _signedCase(receipt, 1);
        _convictAndCheck(c);
        assertEq(onus.account(provider).active, STAKE - 40e18, "active stake");
        assertEq(onus.account(provider).locked, STAKE / 2, "locked stake");
        assertEq(onus.faultRecord(provider).slashed, 40e18, "slashed");
        assertEq(_payout(_offence(c)).burnable, 32e18, "burnable");
    }

    function testFuzz_convict_survivesAnyStake(uint256 stake, uint256 coverage, uint256 thawing) public {
        _stake(provider, bound(stake, 1, type(uint120).max - STAKE));
        coverage = bound(coverage, 1, onus.capacity(provider));
        Case memory first = _direct(coverage, 1);
        uint256 left = onus.capacity(provider);
        if (left == 0) return _convictAndCheck(first);
        Case memory second = _direct(left, 2);
        thawing = bound(thawing, 0, onus.account(provider).active - 2 * onus.account(provider).locked);
        if (thawing != 0) {
            vm.prank(provider);
            onus.startThaw(uint128(thawing));
        }
        _convictAndCheck(first);
        _convictAndCheck(second);
    }

    function test_convict_survivesFullCounters() public {
        for (uint256 i; i < 2; ++i) {
            _stake(provider, type(uint120).max - onus.account(provider).active);
            Receipt memory receipt = _receipt(type(uint120).max / 4);
            _attest(receipt);
            _convictDirect(receipt);
            assertEq(onus.faultRecord(provider).slashed, type(uint104).max, "slashed in all");
            assertEq(onus.faultRecord(provider).registeredAt, START, "what is beside it");
        }
    }

    // batches

    function testFuzz_convict_takesEachReceiptOfABatchFromItsOwnShare(uint256 order, uint256 seed) public {
        Receipt[] memory receipts = new Receipt[](5);
        for (uint256 i; i < 5; ++i) receipts[i] = _receipt(1 + ((seed >> (8 * i)) & 0xffff));
        _anchor(_batchOf(receipts));
        uint256[5] memory ordinals = [uint256(1), 2, 3, 3, 3];
        for (uint256 i; i < 5; ++i) {
            uint256 index = (i * (1 + (order % 4)) + (order >> 8)) % 5;
            _convictAndCheck(_inBatch(receipts, index, ordinals[i]));
        }
        assertEq(onus.lockOf(_idOf(_batchOf(receipts))).bond, 0, "bond of the batch");
    }

    function testFuzz_convict_neverChangesAnotherBond(uint256 coverage, uint256 other) public {
        Case memory c = _direct(bound(coverage, 1, STAKE / 40), 1);
        Case[2] memory drains = [_direct(STAKE / 16, 2), _direct(STAKE / 16, 3)];
        Receipt memory bystander = _receipt(bound(other, 1, STAKE / 40));
        _attest(bystander);
        Receipt[] memory receipts = new Receipt[](2);
        (receipts[0], receipts[1]) = (_receipt(1), _receipt(2));
        receipts[0].coverage = uint128(onus.capacity(provider));
        receipts[0].coverage -= 2;
        _anchor(_batchOf(receipts));
        uint256 bond = onus.lockOf(_idOf(bystander)).bond;
        uint256 batchBond = onus.lockOf(_idOf(_batchOf(receipts))).bond;
        _convictAndCheck(c);
        _convictAndCheck(drains[0]);
        _convictAndCheck(_signed(type(uint128).max, 3));
        _convictAndCheck(drains[1]);
        assertEq(onus.account(provider).active, onus.account(provider).locked, "nothing else is left");
        assertEq(onus.lockOf(_idOf(bystander)).bond, bond, "bond of the bystander");
        assertEq(onus.lockOf(_idOf(_batchOf(receipts))).bond, batchBond, "bond of the batch");
        assertEq(onus.account(provider).locked, bond + batchBond, "locked");
    }

    function test_convict_paysAReceiptOnceHoweverOftenItIsAnchored() public {
        Receipt[] memory receipts = new Receipt[](3);
        receipts[0] = _receipt(C);
        receipts[1] = receipts[0];
        receipts[2] = _receipt(C);
        _anchor(_batchOf(receipts));
        _attest(receipts[0]);
        _convictAndCheck(_inBatch(receipts, 0, 1));
        Inclusion memory twin = _inclusion(receipts, 1);
        bytes memory refusal = _alreadyConvicted(Fault.WrongExecution, receipts[0]);
        vm.expectRevert(refusal);
        onus.convict(Fault.WrongExecution, receipts[0], twin, GUILTY);
        vm.expectRevert(refusal);
        onus.convict(Fault.WrongExecution, receipts[0], _direct(), GUILTY);
        _passWindow();
        _releaseBatch(_batchOf(receipts));
        onus.releaseReceipt(receipts[0], _direct());
        assertEq(onus.account(provider).locked, 0, "locked");
        _assertRestituted(C);
    }

    // one offence, one punishment

    function test_convict_refusesASecondTime() public {
        Case memory c = _direct(C, 1);
        _convictAndCheck(c);
        vm.expectRevert(_alreadyConvicted(Fault.WrongExecution, c.receipt));
        onus.convict(Fault.WrongExecution, c.receipt, _direct(), GUILTY);
    }

    function test_convict_takesAFurtherBondOfTheSameOffenceAndAsMuchAgain() public {
        Case memory first = _direct(C, 1);
        Receipt memory rival = _rival(first.receipt);
        _attest(rival);
        _convictAndCheck(first);
        _convictAndCheck(_further(Fault.WrongExecution, rival, GUILTY, 1));
        assertEq(onus.faultRecord(provider).faults, 1, "faults");
        assertEq(onus.faultRecord(provider).slashed, 2 * C + 40e18 + 2 * C + 2 * C, "slashed");
    }

    function test_convict_takesAFurtherBondByTheSameFactorAsTheFirst() public {
        uint256[3] memory ordinals = [uint256(1), 2, 3];
        Case[3] memory cases;
        Receipt[3] memory rivals;
        for (uint256 i; i < 3; ++i) {
            cases[i] = _direct(1, ordinals[i]);
            rivals[i] = _rival(cases[i].receipt);
            rivals[i].coverage = uint128(C);
            _attest(rivals[i]);
        }
        for (uint256 i; i < 3; ++i) {
            _convictAndCheck(cases[i]);
            uint256 before = onus.faultRecord(provider).slashed;
            _convictAndCheck(_further(Fault.WrongExecution, rivals[i], GUILTY, ordinals[i]));
            uint256 taken = onus.faultRecord(provider).slashed - before;
            assertEq(taken, 2 * C + ((2 * C) << i), "the bond, and one, two, four times the bond");
        }
    }

    function test_convict_remembersTheOrdinalOfAnOffenceFor90DaysAndLonger() public {
        _convictAndCheck(_direct(C, 1));
        Case memory c = _direct(C, 2);
        _convictAndCheck(c);
        vm.warp(START + 90 days);
        Receipt memory rival = _rival(c.receipt);
        (rival.anchorBy, rival.coverage) = (uint64(block.timestamp), uint128(3 * C));
        _attest(rival);
        _convictAndCheck(_further(Fault.WrongExecution, rival, GUILTY, 2));
        // No new fault: the clock did not start again, and the next offence is the first.
        assertEq(onus.faultRecord(provider).lastFaultAt, START, "last fault");
        _convictAndCheck(_direct(C, 1));
    }

    function test_convict_remembersTheOrdinalOfAnOffenceWhateverCameInBetween() public {
        Case memory first = _direct(C, 1);
        Case memory second = _direct(C, 2);
        Receipt[3] memory rivals = [_rival(first.receipt), _rival(second.receipt), _receipt(C)];
        rivals[2].requestId = first.receipt.requestId;
        for (uint256 i; i < 3; ++i) _attest(rivals[i]);
        Case memory third = _direct(C, 3);
        _convictAndCheck(first);
        _convictAndCheck(second);
        _convictAndCheck(_further(Fault.WrongExecution, rivals[0], GUILTY, 1));
        // Another fault of the first request, which is the third in all, changes nothing about its first.
        _convictAndCheck(_signedCase(first.receipt, 3));
        _convictAndCheck(third);
        _convictAndCheck(_further(Fault.WrongExecution, rivals[2], GUILTY, 1));
        _convictAndCheck(_further(Fault.WrongExecution, rivals[1], GUILTY, 2));
        assertEq(onus.faultsOf(_key(first.receipt)), 0x0103, "faults of the first request");
        assertEq(onus.faultsOf(_key(second.receipt)), 0x0200, "faults of the second request");
        assertEq(onus.faultsOf(_key(third.receipt)), 0x0300, "faults of the third request");
    }

    function test_convict_wrongExecutionThenEquivocationPaysTheBondOnce() public {
        Case memory c = _direct(C, 1);
        _convictAndCheck(c);
        c.fault = Fault.Equivocation;
        c.evidence = _against(_rival(c.receipt));
        (c.bond, c.ordinal) = (0, 2);
        _convictAndCheck(c);
        assertTrue(onus.account(provider).tombstoned, "tombstoned");
        assertEq(onus.faultsOf(_key(c.receipt)), 0x0102, "both faults are remembered");
        vm.expectRevert(_alreadyConvicted(Fault.Equivocation, c.receipt));
        onus.convict(c.fault, c.receipt, _direct(), c.evidence);
    }

    function test_convict_equivocationThenWrongExecutionPaysTheBondOnce() public {
        Receipt memory receipt = _receipt(C);
        _attest(receipt);
        _convictAndCheck(_case(Fault.Equivocation, receipt, _against(_rival(receipt)), 2 * C, 1));
        _convictAndCheck(_case(Fault.WrongExecution, receipt, GUILTY, 0, 2));
        _assertRestituted(C);
    }

    /// @dev The second fault about a receipt weighs what was reserved for it, though the bond is gone.
    function test_convict_punishesASecondFaultByWhatWasReserved() public {
        Receipt memory receipt = _receipt(100e18);
        _attest(receipt);
        _convictAndCheck(_case(Fault.WrongExecution, receipt, GUILTY, 200e18, 1));
        _convictAndCheck(_case(Fault.Equivocation, receipt, _against(_rival(receipt)), 0, 2));
        assertEq(onus.faultRecord(provider).slashed, 200e18 + 200e18 + 2 * 200e18, "slashed");
        _assertRestituted(100e18);
    }

    function test_convictSigned_leavesTheBondToTheAnchoredReceipt() public {
        Receipt memory receipt = _receipt(C);
        _attest(receipt);
        _convictAndCheck(_signedCase(receipt, 1));
        _convictAndCheck(_further(Fault.Equivocation, receipt, _against(_rival(receipt)), 1));
        bytes memory evidence = _against(_rival(receipt));
        vm.expectRevert(_alreadyConvicted(Fault.Equivocation, receipt));
        onus.convict(Fault.Equivocation, receipt, _direct(), evidence);
        _assertRestituted(C);
    }

    function test_convictSigned_isRefusedAfterTheAnchoredConviction() public {
        Receipt memory receipt = _receipt(C);
        Receipt memory rival = _rival(receipt);
        _attest(receipt);
        _convictAndCheck(_case(Fault.Equivocation, receipt, _against(rival), 2 * C, 1));
        bytes memory signature = _sign(KEY, rival);
        bytes memory evidence = _against(receipt);
        vm.expectRevert(_alreadyConvicted(Fault.Equivocation, rival));
        onus.convictSigned(Fault.Equivocation, rival, signature, evidence);
    }

    function test_convict_paysBothReceiptsOfAnEquivocation() public {
        Receipt memory receipt = _receipt(C);
        Receipt memory rival = _rival(receipt);
        rival.coverage = uint128(3 * C);
        _attest(receipt);
        _attest(rival);
        _convictAndCheck(_case(Fault.Equivocation, receipt, _against(rival), 2 * C, 1));
        _convictAndCheck(_further(Fault.Equivocation, rival, _against(receipt), 1));
        assertEq(onus.faultRecord(provider).faults, 1, "faults");
        _assertRestituted(4 * C);
    }

    function test_convict_punishesAReceiptWithoutCoverage() public {
        Receipt[] memory receipts = new Receipt[](2);
        (receipts[0], receipts[1]) = (_receipt(0), _receipt(C));
        _anchor(_batchOf(receipts));
        Case memory c = _inBatch(receipts, 0, 1);
        _convictAndCheck(c);
        assertEq(_payout(_offence(c)).restitution, 0, "restitution");
    }

    function test_convict_cannotBeSoftenedByAWorthlessReceiptForTheSameRequest() public {
        _convictAndCheck(_direct(C, 1));
        Receipt memory receipt = _receipt(400e18);
        _attest(receipt);
        uint256 due = 800e18 + 2 * 800e18;
        Receipt memory worthless = _rival(receipt);
        worthless.coverage = 1;
        _attest(worthless);
        uint256 before = onus.faultRecord(provider).slashed;
        vm.prank(provider);
        onus.convict(Fault.WrongExecution, worthless, _direct(), GUILTY);
        _convictDirect(receipt);
        assertLe(due, onus.faultRecord(provider).slashed - before, "slashed for the offence");
    }

    /// @dev Whichever receipt of a request comes first, at every fault: no order is cheaper than without the
    /// worthless one, and the later one adds its bond times the same factor.
    function testFuzz_convict_isNotSoftenedByTheOrder(uint256 coverage, uint256 worthless) public {
        uint256[3] memory ordinals = [uint256(1), 2, 3];
        coverage = bound(coverage, STAKE / 200, STAKE / 80);
        worthless = bound(worthless, 1, STAKE / 200);
        Receipt[3] memory receipts;
        Receipt[3] memory rivals;
        for (uint256 i; i < 3; ++i) {
            receipts[i] = _receipt(coverage);
            rivals[i] = _rival(receipts[i]);
            rivals[i].coverage = uint128(worthless);
            _attest(receipts[i]);
            _attest(rivals[i]);
        }
        for (uint256 i; i < 3; ++i) {
            uint256 percent = onus.account(provider).active / 100;
            uint256 before = onus.faultRecord(provider).slashed;
            bytes memory evidence = _placed(receipts[i], _direct());
            _convictAndCheck(_case(Fault.Equivocation, rivals[i], evidence, 2 * worthless, ordinals[i]));
            evidence = _placed(rivals[i], _direct());
            _convictAndCheck(_further(Fault.Equivocation, receipts[i], evidence, ordinals[i]));
            uint256 taken = onus.faultRecord(provider).slashed - before;
            uint256 first = 2 * worthless + ((percent < 2 * worthless ? 2 * worthless : percent) << i);
            assertEq(taken, first + 2 * coverage + ((2 * coverage) << i), "slashed for the offence");
        }
    }

    function testFuzz_convictSigned_cannotSoftenWhatIsDueForTheAnchored(uint128 coverage) public {
        _convictAndCheck(_direct(C, 1));
        Receipt memory receipt = _receipt(400e18);
        _attest(receipt);
        Receipt memory made = _rival(receipt);
        made.coverage = coverage;
        uint256 before = onus.faultRecord(provider).slashed;
        uint256 percent = onus.account(provider).active / 100;
        Case memory c = _signedCase(made, 2);
        c.evidence = _against(receipt);
        _convictAndCheck(c);
        assertEq(onus.faultRecord(provider).slashed - before, 2 * percent, "slashed by signatures");
        // Nor does it become dearer by a third receipt.
        bytes memory signature = _sign(KEY, receipt);
        bytes memory evidence = _against(_rival(receipt));
        vm.expectRevert(_alreadyConvicted(Fault.Equivocation, receipt));
        onus.convictSigned(Fault.Equivocation, receipt, signature, evidence);
        _convictAndCheck(_further(Fault.Equivocation, receipt, evidence, 2));
        uint256 due = 2 * percent + 800e18 + 2 * 800e18;
        assertEq(onus.faultRecord(provider).slashed - before, due, "slashed for the offence");
    }

    // nobody's restitution

    function test_convict_burnsTheRestitutionOfNobody() public {
        Receipt memory receipt = _receipt(C);
        receipt.consumer = address(0);
        _attest(receipt);
        _convictDirect(receipt);
        assertEq(_payout(_idOf(receipt)).restitution, 0, "restitution");
        // The bond is 20, one percent of the stake is 40, and a fifth of both is the challenger's.
        assertEq(_payout(_idOf(receipt)).burnable, 20e18 + 40e18 - 12e18, "burnable");
    }

    function testFuzz_convict_burnsTheRestitutionOfNobodyAndOfTheRegistry(uint256 coverage) public {
        address[2] memory nobodies = [address(0), address(onus)];
        coverage = bound(coverage, 1, STAKE / 40);
        for (uint256 i; i < 2; ++i) {
            Receipt memory receipt = _receipt(coverage);
            receipt.consumer = nobodies[i];
            _attest(receipt);
            _convictAndCheck(_case(Fault.WrongExecution, receipt, GUILTY, 2 * coverage, i + 1));
            bytes32 id = _idOf(receipt);
            assertEq(_payout(id).restitution, 0, "restitution");
            vm.expectRevert(_alreadyConvicted(Fault.WrongExecution, receipt));
            onus.convict(Fault.WrongExecution, receipt, _direct(), GUILTY);
            vm.warp(block.timestamp + ESCROW);
            vm.expectRevert(abi.encodeWithSelector(IConvictions.PayoutEmpty.selector, id));
            onus.claimRestitution(receipt);
            onus.claimReward(id);
            onus.burn(id);
        }
        assertEq(onus.restituted(provider), 0, "restituted");
        // Nothing is left that is nobody's.
        assertEq(token.balanceOf(address(onus)), onus.account(provider).active, "kept");
    }

    function test_convict_paysTheProviderAndTheTokenAsAnyOther() public {
        address[2] memory others = [provider, address(token)];
        for (uint256 i; i < 2; ++i) {
            Receipt memory receipt = _receipt(C);
            receipt.consumer = others[i];
            _attest(receipt);
            _convictAndCheck(_case(Fault.WrongExecution, receipt, GUILTY, 2 * C, i + 1));
            assertEq(_payout(_idOf(receipt)).restitution, C, "restitution");
        }
    }

    // rivals by their place

    function test_convict_attestedRivalsConvictEachOtherWithoutASignature() public {
        (Receipt memory receipt, Receipt memory rival) = _rivals();
        _attest(receipt);
        _attest(rival);
        bytes memory evidence = _placed(rival, _direct());
        _convictAndCheck(_case(Fault.Equivocation, receipt, evidence, 2 * C, 1));
        _convictAndCheck(_further(Fault.Equivocation, rival, _placed(receipt, _direct()), 1));
        assertTrue(onus.account(provider).tombstoned, "tombstoned");
        assertEq(onus.faultRecord(provider).faults, 1, "faults");
        assertEq(onus.account(provider).locked, 0, "locked");
        _assertRestituted(4 * C);
    }

    function test_convict_rivalsInOneBatchConvictEachOtherWithoutASignature() public {
        Receipt[] memory receipts = new Receipt[](3);
        (receipts[0], receipts[2]) = _rivals();
        receipts[1] = _receipt(C);
        _anchor(_batchOf(receipts));
        Case memory c = _inBatch(receipts, 0, 1);
        (c.fault, c.evidence) = (Fault.Equivocation, _placed(receipts[2], _inclusion(receipts, 2)));
        _convictAndCheck(c);
        c = _inBatch(receipts, 2, 1);
        (c.fault, c.evidence) = (Fault.Equivocation, _placed(receipts[0], _inclusion(receipts, 0)));
        c.further = true;
        _convictAndCheck(c);
        _assertRestituted(4 * C);
    }

    function test_convict_rivalsInABatchAndByThemselvesConvictEachOther() public {
        Receipt[] memory receipts = new Receipt[](2);
        (receipts[0], receipts[1]) = (_receipt(C), _receipt(C));
        Receipt memory rival = _rival(receipts[1]);
        _anchor(_batchOf(receipts));
        _attest(rival);
        bytes memory evidence = _placed(receipts[1], _inclusion(receipts, 1));
        _convictAndCheck(_case(Fault.Equivocation, rival, evidence, 2 * C, 1));
        Case memory c = _inBatch(receipts, 1, 1);
        (c.fault, c.evidence, c.further) = (Fault.Equivocation, _placed(rival, _direct()), true);
        _convictAndCheck(c);
    }

    /// @dev A signature counts for one thaw period; what stands on the chain counts for ever.
    function test_convict_acceptsTheRivalsPlaceHoweverLongItsWindowIsOver() public {
        (Receipt memory receipt, Receipt memory rival) = _rivals();
        _attest(receipt);
        _passWindow();
        onus.releaseReceipt(receipt, _direct());
        vm.warp(START + 400 days);
        rival.anchorBy = uint64(block.timestamp);
        _attest(rival);
        bytes memory evidence = _placed(receipt, _direct());
        _convictAndCheck(_case(Fault.Equivocation, rival, evidence, 6 * C, 1));
        evidence = _placed(rival, _direct());
        vm.expectPartialRevert(IReceipts.WindowClosed.selector);
        onus.convict(Fault.Equivocation, receipt, _direct(), evidence);
    }

    function test_convictSigned_acceptsARivalByItsPlace() public {
        (Receipt memory receipt, Receipt memory rival) = _rivals();
        _attest(rival);
        Case memory c = _signedCase(receipt, 1);
        c.evidence = _placed(rival, _direct());
        _convictAndCheck(c);
        assertEq(onus.faultRecord(provider).slashed, 40e18, "one percent of the stake");
        _convictAndCheck(_further(Fault.Equivocation, rival, _against(receipt), 1));
    }

    function test_convict_refusesARivalThatIsNeitherSignedNorAnchored() public {
        (Receipt memory receipt, Receipt memory rival) = _rivals();
        _attest(receipt);
        bytes memory evidence = _placed(rival, _direct());
        vm.expectRevert(abi.encodeWithSelector(IReceipts.NotAnchored.selector, _idOf(rival)));
        onus.convict(Fault.Equivocation, receipt, _direct(), evidence);
    }

    function test_convict_refusesARivalAtThePlaceOfAnother() public {
        (Receipt memory receipt, Receipt memory rival) = _rivals();
        Receipt[] memory receipts = new Receipt[](2);
        (receipts[0], receipts[1]) = (receipt, _receipt(C));
        _anchor(_batchOf(receipts));
        Inclusion memory own = _inclusion(receipts, 0);
        bytes memory evidence = _placed(rival, _inclusion(receipts, 1));
        vm.expectPartialRevert(SumTree.SumPathInvalid.selector);
        onus.convict(Fault.Equivocation, receipt, own, evidence);
    }

    function test_convict_findsNoEquivocationInTwoPlacesOfOneReceipt() public {
        Receipt[] memory receipts = new Receipt[](2);
        receipts[0] = _receipt(C);
        receipts[1] = receipts[0];
        _anchor(_batchOf(receipts));
        _attest(receipts[0]);
        bytes memory refusal = abi.encodeWithSelector(
            IConvictions.NotGuilty.selector,
            onus.receiptIdOf(receipts[0]),
            Fault.Equivocation
        );
        bytes memory evidence = _placed(receipts[1], _inclusion(receipts, 1));
        Inclusion memory own = _inclusion(receipts, 0);
        vm.expectRevert(refusal);
        onus.convict(Fault.Equivocation, receipts[0], own, evidence);
        vm.expectRevert(refusal);
        onus.convict(Fault.Equivocation, receipts[0], _direct(), evidence);
    }

    /// @dev Two ways to be bound, and no mixture of both.
    function test_convict_refusesABadSignatureEvenOfAnAnchoredRival() public {
        (Receipt memory receipt, Receipt memory rival) = _rivals();
        _attest(receipt);
        _attest(rival);
        bytes[2] memory signatures = [bytes(hex"00"), _sign(0xBAD, rival)];
        address[2] memory signers = [address(0), vm.addr(0xBAD)];
        for (uint256 i; i < 2; ++i) {
            bytes memory evidence = abi.encode(rival, signatures[i], _direct());
            vm.expectRevert(
                abi.encodeWithSelector(IReceipts.SignatureInvalid.selector, _idOf(rival), signers[i])
            );
            onus.convict(Fault.Equivocation, receipt, _direct(), evidence);
        }
    }

    function test_convict_refusesAnchoredReceiptsOfTwoRequests() public {
        (Receipt memory receipt, Receipt memory other) = (_receipt(C), _receipt(C));
        _attest(receipt);
        _attest(other);
        bytes memory evidence = _placed(other, _direct());
        vm.expectRevert(
            abi.encodeWithSelector(Equivocation.RequestMismatch.selector, _key(receipt), _key(other))
        );
        onus.convict(Fault.Equivocation, receipt, _direct(), evidence);
    }

    // judging

    function test_convict_refusesTheInnocent() public {
        Case memory c = _direct(C, 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                IConvictions.NotGuilty.selector,
                onus.receiptIdOf(c.receipt),
                Fault.WrongExecution
            )
        );
        onus.convict(Fault.WrongExecution, c.receipt, _direct(), INNOCENT);
        _convictAndCheck(c);
    }

    function test_convict_passesOnWhatTheJudgeSaysOfABadProof() public {
        Case memory c = _direct(C, 1);
        vm.expectRevert(StubJudge.ProofBad.selector);
        onus.convict(Fault.WrongExecution, c.receipt, _direct(), "");
    }

    function testFuzz_convict_refusesEvidenceShorterThanAReceipt(uint256 length) public {
        Case memory c = _direct(C, 1);
        bytes memory evidence = _against(_rival(c.receipt));
        length = bound(length, 0, 14 * 32 - 1);
        assembly ("memory-safe") {
            mstore(evidence, length)
        }
        vm.expectRevert(Equivocation.EvidenceMalformed.selector);
        onus.convict(Fault.Equivocation, c.receipt, _direct(), evidence);
    }

    function test_convict_findsNoEquivocationInOneReceipt() public {
        Case memory c = _direct(C, 1);
        bytes memory evidence = _against(c.receipt);
        vm.expectRevert(
            abi.encodeWithSelector(
                IConvictions.NotGuilty.selector,
                onus.receiptIdOf(c.receipt),
                Fault.Equivocation
            )
        );
        onus.convict(Fault.Equivocation, c.receipt, _direct(), evidence);
    }

    function test_convict_refusesReceiptsOfTwoRequests() public {
        Case memory c = _direct(C, 1);
        for (uint256 i; i < 3; ++i) {
            Receipt memory other = _rival(c.receipt);
            if (i == 0) other.requestId = 0;
            if (i == 1) other.consumer = stranger;
            if (i == 2) other.provider = stranger;
            bytes memory evidence = _against(other);
            vm.expectRevert(
                abi.encodeWithSelector(Equivocation.RequestMismatch.selector, _key(c.receipt), _key(other))
            );
            onus.convict(Fault.Equivocation, c.receipt, _direct(), evidence);
        }
    }

    function test_convict_refusesARivalThatTheProviderDidNotSign() public {
        Case memory c = _direct(C, 1);
        Receipt memory rival = _rival(c.receipt);
        bytes memory evidence = abi.encode(rival, _sign(0xBAD, rival), _direct());
        vm.expectRevert(
            abi.encodeWithSelector(IReceipts.SignatureInvalid.selector, _idOf(rival), vm.addr(0xBAD))
        );
        onus.convict(Fault.Equivocation, c.receipt, _direct(), evidence);
    }

    function test_convictSigned_refusesReceiptsThatTheProviderDidNotSign() public {
        Receipt memory receipt = _receipt(C);
        bytes memory signature = _sign(0xBAD, receipt);
        bytes memory evidence = _against(_rival(receipt));
        vm.expectRevert(
            abi.encodeWithSelector(IReceipts.SignatureInvalid.selector, _idOf(receipt), vm.addr(0xBAD))
        );
        onus.convictSigned(Fault.Equivocation, receipt, signature, evidence);
    }

    function test_convictSigned_refusesFaultsThatNeedCollateral() public {
        Receipt memory receipt = _receipt(C);
        bytes memory signature = _sign(KEY, receipt);
        vm.expectRevert(
            abi.encodeWithSelector(IConvictions.CollateralRequired.selector, Fault.WrongExecution)
        );
        onus.convictSigned(Fault.WrongExecution, receipt, signature, GUILTY);
    }

    function test_convictSigned_refusesEvidenceOlderThanTheThawPeriod() public {
        Receipt memory receipt = _receipt(C);
        bytes memory signature = _sign(KEY, receipt);
        bytes memory evidence = _against(_rival(receipt));
        vm.warp(START + THAW + 1);
        vm.expectRevert(
            abi.encodeWithSelector(IReceipts.ReceiptTooOld.selector, _idOf(receipt), receipt.issuedAt)
        );
        onus.convictSigned(Fault.Equivocation, receipt, signature, evidence);
    }

    // the window

    function test_convict_refusesWhatWasNeverAnchored() public {
        Receipt memory receipt = _receipt(C);
        vm.expectRevert(abi.encodeWithSelector(IReceipts.NotAnchored.selector, _idOf(receipt)));
        onus.convict(Fault.WrongExecution, receipt, _direct(), GUILTY);
    }

    function test_convict_acceptsTheLastSecondAndRefusesTheNext() public {
        Case memory c = _direct(C, 1);
        vm.roll(START_BLOCK + 1000);
        vm.warp(START + WINDOW + 1);
        _refuseClosed(c);
        vm.warp(START + WINDOW);
        _convictAndCheck(c);
    }

    function test_convict_acceptsTheLastBlockHoweverLate() public {
        Case memory c = _direct(C, 1);
        vm.warp(START + 30 days);
        vm.roll(START_BLOCK + WINDOW_BLOCKS);
        _refuseClosed(c);
        vm.roll(START_BLOCK + WINDOW_BLOCKS - 1);
        _convictAndCheck(c);
    }

    function test_convict_refusesWhatWasReleased() public {
        Case memory c = _direct(C, 1);
        _passWindow();
        onus.releaseReceipt(c.receipt, _direct());
        _refuseClosed(c);
    }

    function test_faultsOf_namesTheRequestAndTheFault() public {
        Case memory c = _direct(C, 1);
        RequestKey key = _key(c.receipt);
        assertEq(onus.faultsOf(key), 0, "before");
        _convictAndCheck(c);
        assertEq(onus.faultsOf(key), 0x0100, "after");
        _convictAndCheck(_signedCase(c.receipt, 2));
        assertEq(onus.faultsOf(key), 0x0102, "after both");
    }

    /// @dev A directly attested receipt, to be convicted of wrong execution.
    function _direct(uint256 coverage, uint256 ordinal) private returns (Case memory) {
        Receipt memory receipt = _receipt(coverage);
        _attest(receipt);
        return _case(Fault.WrongExecution, receipt, GUILTY, 2 * coverage, ordinal);
    }

    /// @dev Two answers to one request, of which the second promises three times as much.
    function _rivals() private returns (Receipt memory receipt, Receipt memory rival) {
        receipt = _receipt(C);
        rival = _rival(receipt);
        rival.coverage = uint128(3 * C);
    }

    /// @dev A further bond of an offence that was the `ordinal`th when it was proven.
    function _further(
        Fault fault,
        Receipt memory receipt,
        bytes memory evidence,
        uint256 ordinal
    ) private view returns (Case memory c) {
        c = _case(fault, receipt, evidence, 2 * uint256(receipt.coverage), ordinal);
        c.further = true;
    }

    function _case(
        Fault fault,
        Receipt memory receipt,
        bytes memory evidence,
        uint256 bond,
        uint256 ordinal
    ) private view returns (Case memory c) {
        (c.fault, c.receipt, c.evidence, c.bond, c.ordinal) = (fault, receipt, evidence, bond, ordinal);
        c.lockId = _idOf(receipt);
    }

    function _inBatch(
        Receipt[] memory receipts,
        uint256 index,
        uint256 ordinal
    ) private view returns (Case memory c) {
        uint256 bond = 2 * uint256(receipts[index].coverage);
        c = _case(Fault.WrongExecution, receipts[index], GUILTY, bond, ordinal);
        c.inclusion = _inclusion(receipts, index);
        c.lockId = _idOf(c.inclusion.batch);
    }

    /// @dev A receipt that was never anchored, and another one of the same request.
    function _signed(uint256 coverage, uint256 ordinal) private returns (Case memory) {
        return _signedCase(_receipt(coverage), ordinal);
    }

    function _signedCase(Receipt memory receipt, uint256 ordinal) private view returns (Case memory c) {
        c = _case(Fault.Equivocation, receipt, _against(_rival(receipt)), 0, ordinal);
        c.signature = _sign(KEY, receipt);
    }

    /// @dev Convicts as the challenger and compares the whole state with the rules.
    function _convictAndCheck(Case memory c) private {
        Books memory books = _books(provider);
        Outcome memory o = _expect(c, books);
        _emitExpected(c, o);
        _assertTaken(c, o);
        _assertAfter(c, books, o);
        if (o.restitution != 0) _owed.push(c.receipt);
    }

    /// @dev Convicts, and compares what the call says with what it is expected to do.
    function _assertTaken(Case memory c, Outcome memory o) private {
        vm.prank(challenger);
        (OffenceId id, IConvictions.Taken memory taken) = c.signature.length == 0
            ? onus.convict(c.fault, c.receipt, c.inclusion, c.evidence)
            : onus.convictSigned(c.fault, c.receipt, c.signature, c.evidence);
        assertEq(OffenceId.unwrap(id), _offence(c), "offence id");
        assertEq(taken.bond, c.bond, "bond taken");
        assertEq(taken.punitive, o.punitive, "punitive part taken");
        assertEq(taken.restitution, o.restitution, "restitution owed");
        assertEq(taken.reward, o.reward, "reward owed");
    }

    /// @dev Claims for every consumer whose receipt was convicted; it is `amount` in all.
    function _assertRestituted(uint256 amount) private {
        vm.warp(block.timestamp + ESCROW);
        uint256 before = token.balanceOf(address(onus));
        for (uint256 i; i < _owed.length; ++i) onus.claimRestitution(_owed[i]);
        assertEq(onus.restituted(provider), amount, "restituted");
        assertEq(before - token.balanceOf(address(onus)), amount, "paid");
    }

    function _expect(Case memory c, Books memory books) private view returns (Outcome memory o) {
        // What was never reserved counts for nothing.
        uint256 reserved = c.signature.length == 0 ? 2 * uint256(c.receipt.coverage) : 0;
        uint256 percent = (books.active + books.thawing) / 100;
        o.punitive = reserved > percent ? reserved : percent;
        if (c.further) o.punitive = c.bond;
        o.punitive *= 1 << (c.ordinal - 1);
        uint256 unreserved = books.active - books.locked + books.thawing;
        if (o.punitive > unreserved) o.punitive = unreserved;
        o.taken = c.bond + o.punitive;
        bool payable_ = c.receipt.consumer != address(0) && c.receipt.consumer != address(onus);
        o.restitution = c.bond != 0 && payable_ ? c.receipt.coverage : 0;
        o.reward = o.taken / 5;
        o.lockBond = onus.lockOf(c.lockId).bond;
        o.payoutId = c.bond == 0 ? _offence(c) : _idOf(c.receipt);
        o.faults = onus.faultsOf(_key(c.receipt));
        uint256 shift = 8 * uint256(c.fault);
        assertEq((o.faults >> shift) & 0xff, c.further ? c.ordinal : 0, "fault of the request before");
        o.faults |= c.ordinal << shift;
    }

    function _emitExpected(Case memory c, Outcome memory o) private {
        vm.expectEmit(address(onus));
        emit IConvictions.Convicted(
            onus.receiptIdOf(c.receipt),
            provider,
            challenger,
            c.fault,
            OffenceId.wrap(_offence(c)),
            o.payoutId,
            c.bond,
            o.punitive,
            o.restitution,
            o.reward
        );
    }

    function _assertAfter(Case memory c, Books memory books, Outcome memory o) private view {
        uint256 unreserved = books.active - books.locked;
        uint256 fromActive = o.punitive < unreserved ? o.punitive : unreserved;
        books.active -= c.bond + fromActive;
        books.locked -= c.bond;
        books.thawing -= o.punitive - fromActive;
        // It saturates.
        books.slashed += o.taken;
        if (books.slashed > type(uint104).max) books.slashed = type(uint104).max;
        if (!c.further) ++books.faults;
        _assertBooks(provider, books);
        assertEq(onus.lockOf(c.lockId).bond, o.lockBond - c.bond, "bond of the lock");
        assertEq(onus.faultsOf(_key(c.receipt)), o.faults, "faults of the request");
        IConvictions.Payout memory due = _payout(o.payoutId);
        assertEq(due.challenger, challenger, "challenger");
        assertEq(due.reward, o.reward, "reward");
        assertEq(due.maturesAt, block.timestamp + ESCROW, "payout matures at");
        assertEq(due.since, block.timestamp, "since");
        assertEq(uint256(due.fault), uint256(c.fault), "fault");
        assertEq(due.restitution, o.restitution, "restitution");
        assertEq(due.burnable, o.taken - o.restitution - o.reward, "the rest is burned");
        assertFalse(due.returned, "returned");
        if (c.further) return;
        assertEq(onus.faultRecord(provider).lastFaultAt, block.timestamp, "last fault");
        bool fatal = c.fault == Fault.Equivocation || c.ordinal == 3;
        if (fatal) assertTrue(onus.account(provider).tombstoned, "tombstoned");
    }

    function _refuseClosed(Case memory c) private {
        vm.expectRevert(
            abi.encodeWithSelector(
                IReceipts.WindowClosed.selector,
                c.lockId,
                START + WINDOW,
                START_BLOCK + WINDOW_BLOCKS
            )
        );
        onus.convict(c.fault, c.receipt, c.inclusion, c.evidence);
    }

    function _excluded() private view returns (bytes memory) {
        return abi.encodeWithSelector(IStake.ProviderTombstoned.selector, provider);
    }

    function _alreadyConvicted(Fault fault, Receipt memory receipt) private view returns (bytes memory) {
        bytes32 offence = keccak256(abi.encode(_key(receipt), fault));
        return abi.encodeWithSelector(IConvictions.AlreadyConvicted.selector, offence, _idOf(receipt));
    }

    function _offence(Case memory c) private pure returns (bytes32) {
        return keccak256(abi.encode(_key(c.receipt), c.fault));
    }

    function _key(Receipt memory receipt) private pure returns (RequestKey) {
        return RequestKey.wrap(keccak256(abi.encode(receipt.provider, receipt.consumer, receipt.requestId)));
    }
}
