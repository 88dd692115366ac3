// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IKeys} from "../../contracts/interfaces/IKeys.sol";
import {IReceipts} from "../../contracts/interfaces/IReceipts.sol";
import {IStake} from "../../contracts/interfaces/IStake.sol";
import {Fault} from "../../contracts/interfaces/IFault.sol";
import {SumTree} from "../../contracts/libraries/SumTree.sol";
import {Batch, Inclusion, SumNode} from "../../contracts/types/Batch.sol";
import {BatchId} from "../../contracts/types/BatchId.sol";
import {Lock} from "../../contracts/types/Lock.sol";
import {ModelId} from "../../contracts/types/ModelId.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {ReceiptId} from "../../contracts/types/ReceiptId.sol";
import {Role} from "../../contracts/types/Role.sol";
import {OnusTest} from "../helpers/OnusTest.sol";

contract ReceiptsTest is OnusTest {
    uint256 private constant STAKE = 4_000e18;

    function setUp() public override {
        super.setUp();
        _stake(provider, STAKE);
    }

    // anchor

    function testFuzz_anchor_locksTwiceTheCoverage(uint128 coverage, uint32 window) public {
        Batch memory batch = _batch(bound(coverage, 1, STAKE / 4));
        batch.window = uint32(bound(window, 10 minutes, 14 days));
        Books memory books = _books(provider);
        books.locked = 2 * uint256(batch.coverage);
        vm.expectEmit(address(onus));
        emit IReceipts.BatchAnchored(
            onus.batchIdOf(batch),
            provider,
            modelId,
            batch.root,
            batch.count,
            batch.coverage,
            batch.window
        );
        _anchor(batch);
        _assertBooks(provider, books);
        _assertLock(_idOf(batch), 2 * uint256(batch.coverage));
    }

    function test_anchor_isOpenToAKeyOfTheProvider() public {
        _anchorByKey(_batch(1));
        assertEq(onus.account(provider).locked, 2, "locked");
    }

    function test_anchor_refusesStrangers() public {
        _refuse(_batch(1), stranger, _notAuthorised(stranger));
    }

    function test_anchor_refusesAKeyThatHasEnded() public {
        vm.warp(KEY_UNTIL - 1);
        _anchorByKey(_batch(1));
        vm.warp(KEY_UNTIL);
        _refuse(_batch(2), vm.addr(KEY), _notAuthorised(vm.addr(KEY)));
    }

    function test_anchor_refusesAKeyOfAnotherProvider() public {
        _register(stranger);
        vm.prank(stranger);
        providers.addKey(address(0xbeef), KEY_UNTIL, Role.ALL);
        _refuse(_batch(1), address(0xbeef), _notAuthorised(address(0xbeef)));
    }

    function test_anchor_refusesAnEmptyBatch() public {
        Batch memory batch = _batch(1);
        batch.count = 0;
        _refuse(batch, provider, abi.encodeWithSelector(IReceipts.BatchEmpty.selector));
    }

    function test_anchor_asksForStakeAndNotForRegistration() public {
        Batch memory batch = _batch(1);
        batch.provider = stranger;
        _refuse(batch, stranger, abi.encodeWithSelector(IStake.StakeTooLow.selector, stranger, 0, MIN_STAKE));
        _stake(stranger, MIN_STAKE);
        _anchor(batch);
        assertEq(providers.registeredAt(stranger), 0, "registered at");
        assertEq(onus.account(stranger).locked, 2, "locked");
    }

    function test_anchor_refusesTheTombstoned() public {
        Receipt memory receipt = _receipt(0);
        bytes memory signature = _sign(KEY, receipt);
        onus.convictSigned(Fault.Equivocation, receipt, signature, _against(_rival(receipt)));
        bytes memory refusal = abi.encodeWithSelector(IStake.ProviderTombstoned.selector, provider);
        _refuse(_batch(1), provider, refusal);
    }

    function test_anchor_leavesUnknownModelsToPolicies() public {
        Batch memory batch = _batch(1);
        batch.modelId = ModelId.wrap(bytes32(uint256(7)));
        _anchor(batch);
        _assertLock(_idOf(batch), 2);
    }

    function test_anchor_refusesZeroCoverage() public {
        _refuse(_batch(0), provider, abi.encodeWithSelector(IReceipts.CoverageZero.selector));
    }

    function testFuzz_anchor_refusesWindowsOutOfRange(uint32 window) public {
        Batch memory batch = _batch(1);
        batch.window = window < 10 minutes ? window : uint32(bound(window, 14 days + 1, type(uint32).max));
        _refuse(batch, provider, _outOfRange(batch.window));
        batch.window = 10 minutes - 1;
        _refuse(batch, provider, _outOfRange(batch.window));
        batch.window = 14 days + 1;
        _refuse(batch, provider, _outOfRange(batch.window));
    }

    function test_anchor_refusesTheSameBatchForEver() public {
        Batch memory batch = _batch(1);
        bytes memory refusal = abi.encodeWithSelector(IReceipts.AlreadyAnchored.selector, _idOf(batch));
        _anchor(batch);
        _refuse(batch, provider, refusal);
        _passWindow();
        _releaseBatch(batch);
        _refuse(batch, provider, refusal);
    }

    function test_anchor_locksHalfOfTheStakeAndNotOneUnitMore() public {
        _refuse(_batch(STAKE / 4 + 1), provider, _tooLow(STAKE, STAKE + 4));
        _anchor(_batch(STAKE / 4));
        _refuse(_batch(1), provider, _tooLow(STAKE, STAKE + 4));
    }

    function test_anchor_needsTheMinimumStakeWhateverTheCoverage() public {
        vm.prank(provider);
        onus.startThaw(uint128(STAKE - MIN_STAKE + 1));
        _refuse(_batch(1), provider, _tooLow(MIN_STAKE - 1, MIN_STAKE));
        _stake(provider, 1);
        _anchor(_batch(1));
    }

    function test_anchor_countsThawingStakeForNothing() public {
        vm.prank(provider);
        onus.startThaw(uint128(STAKE / 2));
        _refuse(_batch(STAKE / 8 + 1), provider, _tooLow(STAKE / 2, STAKE / 2 + 4));
        _anchor(_batch(STAKE / 8));
    }

    function testFuzz_anchor_refusesCoverageWhoseBondExceeds128Bits(uint128 coverage) public {
        Batch memory batch = _batch(bound(coverage, 1 << 127, type(uint128).max));
        _refuse(batch, provider, _tooLow(STAKE, 4 * uint256(batch.coverage)));
        // And twice what is locked already.
        _anchor(_batch(STAKE / 8));
        _refuse(batch, provider, _tooLow(STAKE, 4 * uint256(batch.coverage) + STAKE / 2));
        Receipt memory receipt = _receipt(batch.coverage);
        vm.expectRevert(_tooLow(STAKE, 4 * uint256(batch.coverage) + STAKE / 2));
        _attest(receipt);
    }

    function test_anchor_needsTheSameOnBothSidesOf128Bits() public {
        uint256 edge = 1 << 127;
        _refuse(_batch(edge - 1), provider, _tooLow(STAKE, 4 * (edge - 1)));
        _refuse(_batch(edge), provider, _tooLow(STAKE, 4 * edge));
    }

    // attest

    function testFuzz_attest_locksTwiceTheCoverage(uint128 coverage) public {
        Receipt memory receipt = _receipt(bound(coverage, 1, STAKE / 4));
        Books memory books = _books(provider);
        books.locked = 2 * uint256(receipt.coverage);
        vm.expectEmit(address(onus));
        emit IReceipts.ReceiptAttested(onus.receiptIdOf(receipt), provider, consumer, receipt);
        _attest(receipt);
        _assertBooks(provider, books);
        _assertLock(_idOf(receipt), 2 * uint256(receipt.coverage));
    }

    function test_attest_isOpenToAKeyButNotToTheConsumer() public {
        Receipt memory receipt = _receipt(1);
        vm.expectRevert(_notAuthorised(consumer));
        vm.prank(consumer);
        onus.attest(receipt);
        vm.prank(vm.addr(KEY));
        onus.attest(receipt);
        assertEq(onus.account(provider).locked, 2, "locked");
    }

    function test_attest_refusesAReceiptFromTheFuture() public {
        Receipt memory receipt = _receipt(1);
        receipt.issuedAt = uint64(START + 1);
        vm.expectRevert(
            abi.encodeWithSelector(IReceipts.ReceiptFromFuture.selector, receipt.issuedAt, START)
        );
        _attest(receipt);
    }

    function test_attest_acceptsTheLastSecondAndRefusesTheNext() public {
        Receipt memory receipt = _receipt(1);
        vm.warp(receipt.anchorBy + 1);
        vm.expectRevert(
            abi.encodeWithSelector(IReceipts.ReceiptExpired.selector, _idOf(receipt), receipt.anchorBy)
        );
        _attest(receipt);
        vm.warp(receipt.anchorBy);
        _attest(receipt);
    }

    function test_attest_refusesTheSameReceiptForEver() public {
        Receipt memory receipt = _receipt(1);
        receipt.anchorBy = uint64(START + 10 days);
        bytes memory refusal = abi.encodeWithSelector(IReceipts.AlreadyAnchored.selector, _idOf(receipt));
        _attest(receipt);
        vm.expectRevert(refusal);
        _attest(receipt);
        _passWindow();
        onus.releaseReceipt(receipt, _direct());
        vm.expectRevert(refusal);
        _attest(receipt);
    }

    function test_attest_refusesWhatAnchorRefuses() public {
        Receipt memory receipt = _receipt(0);
        vm.expectRevert(IReceipts.CoverageZero.selector);
        _attest(receipt);
        receipt.coverage = 1;
        receipt.challengeWindow = 10 minutes - 1;
        vm.expectRevert(_outOfRange(receipt.challengeWindow));
        _attest(receipt);
    }

    function test_attest_leavesUnknownModelsToPolicies() public {
        Receipt memory receipt = _receipt(1);
        receipt.modelId = ModelId.wrap(0);
        _attest(receipt);
        _assertLock(_idOf(receipt), 2);
    }

    // release

    function testFuzz_releaseBatches_givesTheWholeBondBackToTheStake(uint128 coverage) public {
        Batch memory batch = _batch(bound(coverage, 1, STAKE / 4));
        Books memory books = _books(provider);
        _anchor(batch);
        _passWindow();
        vm.expectEmit(address(onus));
        emit IReceipts.BondReleased(_idOf(batch), provider, 2 * uint256(batch.coverage));
        vm.prank(stranger);
        _releaseBatch(batch);
        _assertBooks(provider, books);
        assertEq(onus.lockOf(_idOf(batch)).bond, 0, "bond");
    }

    function test_releaseReceipt_givesTheWholeBondBackToTheStake() public {
        Receipt memory receipt = _receipt(5);
        Books memory books = _books(provider);
        _attest(receipt);
        _passWindow();
        vm.expectEmit(address(onus));
        emit IReceipts.BondReleased(_idOf(receipt), provider, 10);
        vm.prank(stranger);
        onus.releaseReceipt(receipt, _direct());
        _assertBooks(provider, books);
    }

    function test_releaseBatches_refusesTheLastSecondOfTheWindow() public {
        Batch memory batch = _batch(5);
        _anchor(batch);
        vm.roll(START_BLOCK + 1000);
        vm.warp(START + WINDOW);
        vm.expectRevert(_stillOpen(_idOf(batch)));
        _releaseBatch(batch);
        vm.warp(START + WINDOW + 1);
        _releaseBatch(batch);
    }

    function test_releaseBatches_refusesTheLastBlockOfTheWindow() public {
        Batch memory batch = _batch(5);
        _anchor(batch);
        vm.warp(START + 10 days);
        vm.roll(START_BLOCK + WINDOW_BLOCKS - 1);
        vm.expectRevert(_stillOpen(_idOf(batch)));
        _releaseBatch(batch);
        vm.roll(START_BLOCK + WINDOW_BLOCKS);
        _releaseBatch(batch);
    }

    function test_releaseReceipt_refusesTheLastSecondOfTheWindow() public {
        Receipt memory receipt = _receipt(5);
        _attest(receipt);
        vm.roll(START_BLOCK + 1000);
        vm.warp(START + WINDOW);
        vm.expectRevert(_stillOpen(_idOf(receipt)));
        onus.releaseReceipt(receipt, _direct());
    }

    function test_releaseBatches_refusesASecondTime() public {
        Batch memory batch = _batch(5);
        bytes32 id = _idOf(batch);
        _anchor(batch);
        _passWindow();
        _releaseBatch(batch);
        vm.expectRevert(abi.encodeWithSelector(IReceipts.NothingLocked.selector, id));
        _releaseBatch(batch);
    }

    function test_release_refusesWhatWasNeverAnchored() public {
        Batch memory batch = _batch(5);
        Receipt memory receipt = _receipt(5);
        vm.expectRevert(abi.encodeWithSelector(IReceipts.NotAnchored.selector, _idOf(batch)));
        _releaseBatch(batch);
        vm.expectRevert(abi.encodeWithSelector(IReceipts.NotAnchored.selector, _idOf(receipt)));
        onus.releaseReceipt(receipt, _direct());
    }

    function test_releaseBatches_refusesABatchWithAnotherWindow() public {
        Batch memory batch = _batch(5);
        _anchor(batch);
        batch.window = 10 minutes;
        vm.warp(START + 20 minutes);
        vm.expectRevert(abi.encodeWithSelector(IReceipts.NotAnchored.selector, _idOf(batch)));
        _releaseBatch(batch);
    }

    function test_releaseBatches_givesBackWhatConvictionsLeft() public {
        Receipt[] memory receipts = _three();
        Batch memory batch = _batchOf(receipts);
        _anchor(batch);
        _convict(receipts, 1);
        _passWindow();
        uint256 active = onus.account(provider).active;
        vm.expectEmit(address(onus));
        emit IReceipts.BondReleased(_idOf(batch), provider, 2 * (10 + 30));
        _releaseBatch(batch);
        assertEq(onus.account(provider).locked, 0, "locked");
        assertEq(onus.account(provider).active, active, "active");
    }

    function test_releaseBatches_refusesWhenConvictionsLeftNothing() public {
        Receipt[] memory receipts = _three();
        Batch memory batch = _batchOf(receipts);
        bytes32 id = _idOf(batch);
        _anchor(batch);
        for (uint256 i; i < 3; ++i) _convict(receipts, i);
        _passWindow();
        vm.expectRevert(abi.encodeWithSelector(IReceipts.NothingLocked.selector, id));
        _releaseBatch(batch);
        assertEq(onus.account(provider).locked, 0, "locked");
    }

    // ids

    function test_receiptIdOf_isTheTypedDataDigest() public {
        Receipt memory receipt = _receipt(5);
        bytes32 domain = keccak256(
            abi.encode(
                keccak256(
                    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
                ),
                keccak256("Onus"),
                keccak256("1"),
                block.chainid,
                address(onus)
            )
        );
        bytes32 typehash = keccak256(
            "Receipt(address provider,bytes32 modelId,bytes32 requestId,bytes32 inputCommitment,bytes32 outputCommitment,bytes32 traceCommitment,address consumer,uint128 coverage,uint64 issuedAt,uint64 anchorBy,uint32 challengeWindow,bytes32 termsHash)"
        );
        bytes32 content = keccak256(bytes.concat(typehash, abi.encode(receipt)));
        assertEq(_idOf(receipt), keccak256(abi.encodePacked(hex"1901", domain, content)), "receipt id");
    }

    function test_receiptIdOf_changesWithTheChain() public {
        Receipt memory receipt = _receipt(5);
        bytes32 here = _idOf(receipt);
        vm.chainId(77);
        assertFalse(_idOf(receipt) == here, "same id on another chain");
    }

    function testFuzz_receiptIdOf_bindsEveryMember(uint256 word, uint256 bit) public {
        Receipt memory receipt = _receipt(5);
        Receipt memory other = _tampered(receipt, word, bit);
        assertFalse(_idOf(receipt) == _idOf(other), "same id");
    }

    function test_batchIdOf_isTheContentHash() public {
        Batch memory batch = _batch(5);
        bytes32 id = keccak256(abi.encode(keccak256("onus.batch.v1"), batch));
        assertEq(_idOf(batch), id, "batch id");
        vm.prank(provider);
        assertEq(BatchId.unwrap(onus.anchor(batch)), id, "returned");
    }

    /// @dev Members are hashed as they come: what has bits above a member is another batch, and never anchored.
    function testFuzz_batchIdOf_namesNothingElseByBitsAboveAMember(uint256 which, uint256 bit) public {
        Batch[] memory batches = new Batch[](1);
        batches[0] = _batch(5);
        _anchor(batches[0]);
        Batch memory fresh = _batch(7);
        _passWindow();
        (uint256 offset, uint256 flip) = _above(which, bit);
        vm.prank(provider);
        (bool done, ) = _callDirty(abi.encodeCall(IReceipts.anchor, (fresh)), 4 + offset, flip);
        assertFalse(done, "anchored");
        (done, ) = _callDirty(abi.encodeCall(IReceipts.releaseBatches, (batches)), 68 + offset, flip);
        assertFalse(done, "released");
        bytes memory id;
        (done, id) = _callDirty(abi.encodeCall(IReceipts.batchIdOf, (batches[0])), 4 + offset, flip);
        if (done) assertFalse(abi.decode(id, (bytes32)) == _idOf(batches[0]), "same id");
        onus.releaseBatches(batches);
    }

    /// @dev One after the other; the first that cannot be released takes all back.
    function test_releaseBatches_releasesAllOrNone() public {
        Batch[] memory batches = new Batch[](3);
        for (uint256 i; i < 3; ++i) {
            batches[i] = _batch(i + 1);
            _anchor(batches[i]);
        }
        _passWindow();
        batches[2] = batches[0];
        vm.expectRevert(abi.encodeWithSelector(IReceipts.NothingLocked.selector, _idOf(batches[0])));
        onus.releaseBatches(batches);
        assertEq(onus.account(provider).locked, 12, "locked");
        Batch[] memory two = new Batch[](2);
        (two[0], two[1]) = (batches[0], batches[1]);
        onus.releaseBatches(two);
        assertEq(onus.account(provider).locked, 6, "left");
        onus.releaseBatches(new Batch[](0));
    }

    // verifySigned

    function test_verifySigned_returnsTheReceiptId() public {
        Receipt memory receipt = _receipt(5);
        ReceiptId id = onus.verifySigned(receipt, _sign(KEY, receipt));
        assertEq(ReceiptId.unwrap(id), _idOf(receipt), "receipt id");
    }

    function test_verifySigned_refusesAStrangersSignature() public {
        Receipt memory receipt = _receipt(5);
        bytes memory signature = _sign(0xBAD, receipt);
        _refuseSigned(receipt, signature, vm.addr(0xBAD));
    }

    function test_verifySigned_refusesMalformedSignatures() public {
        Receipt memory receipt = _receipt(5);
        _refuseSigned(receipt, "", address(0));
        _refuseSigned(receipt, new bytes(65), address(0));
        _refuseSigned(receipt, new bytes(66), address(0));
    }

    function test_verifySigned_refusesTheOtherHalfOfTheCurve() public {
        Receipt memory receipt = _receipt(5);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(KEY, _idOf(receipt));
        uint256 order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        bytes memory signature = abi.encodePacked(r, bytes32(order - uint256(s)), v ^ 7);
        _refuseSigned(receipt, signature, address(0));
    }

    function testFuzz_verifySigned_bindsEveryMember(uint256 word, uint256 bit) public {
        Receipt memory receipt = _receipt(5);
        bytes memory signature = _sign(KEY, receipt);
        // Members 8 and 9 are times, of which some are refused before the signature is read.
        Receipt memory other = _tampered(receipt, bound(word, 0, 7), bit);
        vm.expectPartialRevert(IReceipts.SignatureInvalid.selector);
        onus.verifySigned(other, signature);
    }

    function test_verifySigned_refusesAnotherChain() public {
        Receipt memory receipt = _receipt(5);
        bytes memory signature = _sign(KEY, receipt);
        vm.chainId(77);
        vm.expectPartialRevert(IReceipts.SignatureInvalid.selector);
        onus.verifySigned(receipt, signature);
    }

    function test_verifySigned_refusesAReceiptFromTheFuture() public {
        Receipt memory receipt = _receipt(5);
        receipt.issuedAt = uint64(START + 1);
        bytes memory signature = _sign(KEY, receipt);
        vm.expectRevert(abi.encodeWithSelector(IReceipts.ReceiptFromFuture.selector, START + 1, START));
        onus.verifySigned(receipt, signature);
    }

    function test_verifySigned_countsAsLongAsStakeThawsAndNoLonger() public {
        Receipt memory receipt = _receipt(5);
        bytes memory signature = _sign(KEY, receipt);
        vm.warp(START + THAW);
        onus.verifySigned(receipt, signature);
        vm.warp(START + THAW + 1);
        vm.expectRevert(
            abi.encodeWithSelector(IReceipts.ReceiptTooOld.selector, _idOf(receipt), receipt.issuedAt)
        );
        onus.verifySigned(receipt, signature);
    }

    function test_verifySigned_acceptsOldEvidenceOfARevokedKey() public {
        Receipt memory receipt = _receipt(5);
        bytes memory signature = _sign(KEY, receipt);
        vm.prank(provider);
        providers.revokeKey(vm.addr(KEY));
        vm.warp(START + 1 days);
        onus.verifySigned(receipt, signature);
    }

    function test_verifySigned_judgesTheKeyAtTheSecondOfIssue() public {
        vm.warp(START + 50);
        vm.prank(provider);
        providers.revokeKey(vm.addr(KEY));
        vm.warp(START + 60);
        _refuseKeyAt(START - 1);
        _acceptKeyAt(START);
        _acceptKeyAt(START + 50);
        _refuseKeyAt(START + 51);
    }

    function test_verifySigned_refusesTheKeyOfAnotherProvider() public {
        _register(stranger);
        Receipt memory receipt = _receipt(5);
        receipt.provider = stranger;
        bytes memory signature = _sign(KEY, receipt);
        _refuseSigned(receipt, signature, vm.addr(KEY));
    }

    // locate

    function test_locate_findsADirectlyAttestedReceipt() public {
        Receipt memory receipt = _receipt(5);
        _attest(receipt);
        (bytes32 lockId, Lock memory lock, uint256 window, bool open) = onus.locate(receipt, _direct());
        assertEq(lockId, _idOf(receipt), "lock id");
        assertEq(lock.bond, 10, "bond");
        assertEq(window, WINDOW, "window");
        assertTrue(open, "open");
    }

    function testFuzz_locate_findsEveryReceiptOfABatch(uint256 count) public {
        Receipt[] memory receipts = new Receipt[](bound(count, 1, 17));
        for (uint256 i; i < receipts.length; ++i) receipts[i] = _receipt(i * i);
        receipts[0].coverage = 3;
        Batch memory batch = _batchOf(receipts);
        _anchor(batch);
        for (uint256 i; i < receipts.length; ++i) {
            (bytes32 lockId, Lock memory lock, uint256 window, bool open) = onus.locate(
                receipts[i],
                _inclusion(receipts, i)
            );
            assertEq(lockId, _idOf(batch), "lock id");
            assertEq(lock.bond, 2 * uint256(batch.coverage), "bond");
            assertEq(window, WINDOW, "window");
            assertTrue(open, "open");
        }
    }

    function test_locate_saysWhenTheWindowIsOver() public {
        Receipt memory receipt = _receipt(5);
        _attest(receipt);
        vm.roll(START_BLOCK + WINDOW_BLOCKS);
        vm.warp(START + WINDOW);
        assertTrue(_isOpen(receipt), "last second");
        vm.warp(START + WINDOW + 1);
        assertFalse(_isOpen(receipt), "after");
        vm.roll(START_BLOCK + WINDOW_BLOCKS - 1);
        assertTrue(_isOpen(receipt), "too few blocks");
    }

    function test_locate_takesTheWindowFromTheBatch() public {
        Receipt[] memory receipts = _three();
        receipts[1].challengeWindow = 14 days;
        _anchor(_batchOf(receipts));
        (, , uint256 window, ) = onus.locate(receipts[1], _inclusion(receipts, 1));
        assertEq(window, WINDOW, "window");
    }

    function test_locate_refusesWhatWasNeverAnchored() public {
        Receipt[] memory receipts = _three();
        vm.expectRevert(abi.encodeWithSelector(IReceipts.NotAnchored.selector, _idOf(receipts[0])));
        onus.locate(receipts[0], _direct());
        Inclusion memory inclusion = _inclusion(receipts, 0);
        vm.expectRevert(abi.encodeWithSelector(IReceipts.NotAnchored.selector, _idOf(inclusion.batch)));
        onus.locate(receipts[0], inclusion);
    }

    function test_locate_refusesAReceiptOfAnotherProvider() public {
        Receipt[] memory receipts = _three();
        receipts[1].provider = stranger;
        _anchor(_batchOf(receipts));
        Inclusion memory inclusion = _inclusion(receipts, 1);
        vm.expectRevert(abi.encodeWithSelector(IReceipts.BatchProviderMismatch.selector, provider, stranger));
        onus.locate(receipts[1], inclusion);
    }

    function test_locate_refusesBadPaths() public {
        Receipt[] memory receipts = _three();
        _anchor(_batchOf(receipts));
        Inclusion memory inclusion = _inclusion(receipts, 1);
        inclusion.index = 0;
        vm.expectPartialRevert(SumTree.SumPathInvalid.selector);
        onus.locate(receipts[1], inclusion);
        inclusion.index = 3;
        vm.expectRevert(abi.encodeWithSelector(SumTree.SumIndexOutOfRange.selector, 3, 3));
        onus.locate(receipts[1], inclusion);
        inclusion.path = new SumNode[](1);
        vm.expectRevert(abi.encodeWithSelector(SumTree.SumPathLengthInvalid.selector, 1, 2));
        onus.locate(receipts[1], inclusion);
    }

    function test_locate_refusesABatchThatDeclaresLessThanItsLeavesAddUpTo() public {
        Receipt[] memory receipts = _three();
        Inclusion memory inclusion = _inclusion(receipts, 1);
        inclusion.batch.coverage -= 1;
        _anchor(inclusion.batch);
        vm.expectPartialRevert(SumTree.SumPathInvalid.selector);
        onus.locate(receipts[1], inclusion);
    }

    /// @dev A bit above one of the members of a batch that are narrower than a word: the word's offset, and the bit.
    function _above(uint256 which, uint256 bit) private pure returns (uint256 offset, uint256 flip) {
        which = bound(which, 0, 3);
        offset = 32 * [uint256(0), 3, 4, 5][which];
        flip = 1 << bound(bit, [uint256(160), 32, 128, 32][which], 255);
    }

    /// @dev Calls the registry with one bit more in the word at `offset`.
    function _callDirty(
        bytes memory data,
        uint256 offset,
        uint256 flip
    ) private returns (bool, bytes memory) {
        assembly ("memory-safe") {
            let word := add(add(data, 32), offset)
            mstore(word, or(mload(word), flip))
        }
        return address(onus).call(data);
    }

    function _three() private returns (Receipt[] memory receipts) {
        receipts = new Receipt[](3);
        for (uint256 i; i < 3; ++i) receipts[i] = _receipt(10 * (i + 1));
    }

    function _batch(uint256 coverage) private returns (Batch memory) {
        Receipt[] memory receipts = new Receipt[](1);
        receipts[0] = _receipt(coverage);
        return _batchOf(receipts);
    }

    function _anchorByKey(Batch memory batch) private {
        vm.prank(vm.addr(KEY));
        onus.anchor(batch);
    }

    function _convict(Receipt[] memory receipts, uint256 index) private {
        Inclusion memory inclusion = _inclusion(receipts, index);
        vm.prank(challenger);
        onus.convict(Fault.WrongExecution, receipts[index], inclusion, GUILTY);
    }

    function _isOpen(Receipt memory receipt) private view returns (bool open) {
        (, , , open) = onus.locate(receipt, _direct());
    }

    /// @dev Flips one bit of member `word`, within the member's width.
    function _tampered(
        Receipt memory receipt,
        uint256 word,
        uint256 bit
    ) private pure returns (Receipt memory) {
        uint256[12] memory widths = [uint256(160), 256, 256, 256, 256, 256, 160, 128, 64, 64, 32, 256];
        bytes memory encoded = abi.encode(receipt);
        word = bound(word, 0, 11);
        bit = bound(bit, 0, widths[word] - 1);
        uint256 index = 32 * word + 31 - bit / 8;
        encoded[index] ^= bytes1(uint8(1 << (bit % 8)));
        return abi.decode(encoded, (Receipt));
    }

    function _refuse(Batch memory batch, address sender, bytes memory refusal) private {
        vm.expectRevert(refusal);
        vm.prank(sender);
        onus.anchor(batch);
    }

    function _refuseSigned(Receipt memory receipt, bytes memory signature, address recovered) private {
        vm.expectRevert(
            abi.encodeWithSelector(IReceipts.SignatureInvalid.selector, _idOf(receipt), recovered)
        );
        onus.verifySigned(receipt, signature);
    }

    function _acceptKeyAt(uint256 issuedAt) private {
        Receipt memory receipt = _receipt(5);
        receipt.issuedAt = uint64(issuedAt);
        onus.verifySigned(receipt, _sign(KEY, receipt));
    }

    function _refuseKeyAt(uint256 issuedAt) private {
        Receipt memory receipt = _receipt(5);
        receipt.issuedAt = uint64(issuedAt);
        bytes memory signature = _sign(KEY, receipt);
        vm.expectRevert(abi.encodeWithSelector(IKeys.KeyNotValid.selector, provider, vm.addr(KEY), issuedAt));
        onus.verifySigned(receipt, signature);
    }

    function _assertLock(bytes32 lockId, uint256 bond) private view {
        Lock memory lock = onus.lockOf(lockId);
        assertEq(lock.since, START, "since");
        assertEq(lock.untilBlock, START_BLOCK + WINDOW_BLOCKS, "until block");
        assertEq(lock.stopped, 0, "stopped");
        assertEq(lock.escrow, ESCROW / 1 minutes, "escrow");
        assertEq(lock.bond, bond, "bond");
    }

    function _stillOpen(bytes32 lockId) private pure returns (bytes memory) {
        uint256 untilBlock = START_BLOCK + WINDOW_BLOCKS;
        return abi.encodeWithSelector(IReceipts.WindowOpen.selector, lockId, START + WINDOW, untilBlock);
    }

    function _outOfRange(uint256 window) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IReceipts.WindowOutOfRange.selector, window, 10 minutes, 14 days);
    }

    function _tooLow(uint256 active, uint256 need) private view returns (bytes memory) {
        return abi.encodeWithSelector(IStake.StakeTooLow.selector, provider, active, need);
    }

    function _notAuthorised(address sender) private view returns (bytes memory) {
        return abi.encodeWithSelector(IKeys.SenderNotAuthorised.selector, sender, provider);
    }
}
