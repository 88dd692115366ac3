// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IConvictions} from "../../contracts/interfaces/IConvictions.sol";
import {Fault} from "../../contracts/interfaces/IFault.sol";
import {IReputation} from "../../contracts/interfaces/IReputation.sol";
import {Decay} from "../../contracts/libraries/Decay.sol";
import {Inclusion} from "../../contracts/types/Batch.sol";
import {ModelId} from "../../contracts/types/ModelId.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {OnusTest} from "../helpers/OnusTest.sol";

contract ReputationTest is OnusTest {
    uint256 private constant WAD = 1e18;
    /// @dev 10 days of the minimum stake, in units of a billionth of it for one day.
    uint256 private constant A = 10 * 1e9;
    ModelId private _other;

    function setUp() public override {
        super.setUp();
        _other = onus.registerModel(_header(2), "");
        _stake(provider, 4_000e18);
    }

    function test_reputation_isNotScoredWithoutHistory() public view {
        IReputation.Standing memory standing = onus.reputation(provider);
        assertFalse(standing.scored, "scored");
        _assertStanding(standing, 0, WAD, 0);
        assertFalse(onus.reputationFor(provider, modelId).scored, "scored by model");
        assertFalse(onus.reputation(stranger).scored, "stranger scored");
    }

    function testFuzz_release_creditsBondTimesWindow(uint256 coverage, uint32 window) public {
        coverage = bound(coverage, 1, 1_000e18);
        window = uint32(bound(window, 10 minutes, 14 days));
        uint256 weight = (2 * coverage * window * 1e9) / (MIN_STAKE * 1 days);
        _survive(coverage, window, modelId);
        IReputation.Standing memory standing = onus.reputation(provider);
        assertEq(standing.mass.seasoned, weight, "seasoned");
        assertEq(standing.mass.exposure, weight, "exposure");
        assertEq(standing.mass.slashed, 0, "slashed");
        assertEq(standing.mass.updatedAt, block.timestamp, "updated at");
        assertTrue(standing.scored == (weight != 0), "scored");
        _assertStanding(standing, (weight * WAD) / (weight + A), (A * WAD) / (weight + A), 0);
    }

    function test_reputation_isOneHalfAfterTenDaysOfTheMinimumStake() public {
        _survive(MIN_STAKE / 2, 10 days, modelId);
        _assertStanding(onus.reputation(provider), WAD / 2, WAD / 2, 0);
    }

    function test_release_emitsBothMasses() public {
        Receipt memory receipt = _aged(_receipt(50e18), 10 days);
        _attest(receipt);
        vm.warp(START + 10 days + 1);
        vm.roll(START_BLOCK + WINDOW_BLOCKS);
        IReputation.Mass memory mass = IReputation.Mass({
            seasoned: uint72(A),
            exposure: uint72(A),
            slashed: 0,
            updatedAt: uint40(block.timestamp)
        });
        vm.expectEmit(address(onus));
        emit IReputation.ReputationUpdated(provider, modelId, mass, mass);
        onus.releaseReceipt(receipt, _direct());
    }

    function test_convict_emitsBothMasses() public {
        _survive(50e18, 10 days, modelId);
        Receipt memory receipt = _aged(_receipt(50e18), 10 days);
        _attest(receipt);
        IReputation.Mass memory mass = IReputation.Mass({
            seasoned: uint72(A / 5),
            exposure: uint72(2 * A),
            slashed: uint72(A),
            updatedAt: uint40(block.timestamp)
        });
        vm.expectEmit(address(onus));
        emit IReputation.ReputationUpdated(provider, modelId, mass, mass);
        _convictDirect(receipt);
        IReputation.Standing memory standing = onus.reputation(provider);
        _assertStanding(standing, WAD / 6, (A * WAD) / (A / 5 + A), WAD / 2);
    }

    function test_convict_keepsAFifthAtTheFirstFaultAndNothingAtTheSecond() public {
        _survive(500e18, 10 days, modelId);
        IReputation.Mass memory mass = onus.reputation(provider).mass;
        _fault(1e18);
        _book(mass, mass.seasoned / 5, _weight(2e18, WINDOW));
        _assertMasses(mass, "after the first");
        _fault(1e18);
        _book(mass, 0, _weight(2e18, WINDOW));
        _assertMasses(mass, "after the second");
        assertFalse(onus.providerRecord(provider).tombstoned, "tombstoned");
    }

    function test_convict_leavesNothingAtTheThirdFault() public {
        _fault(1e18);
        _fault(1e18);
        _survive(500e18, 10 days, modelId);
        IReputation.Mass memory mass = onus.reputation(provider).mass;
        assertTrue(mass.seasoned != 0, "earned again");
        _fault(1e18);
        _book(mass, 0, _weight(2e18, WINDOW));
        _assertMasses(mass, "after the third");
        assertTrue(onus.providerRecord(provider).tombstoned, "tombstoned");
    }

    function test_convict_keepsAFifthAgainWhenTheFirstFaultIsForgotten() public {
        _fault(1e18);
        vm.warp(block.timestamp + 91 days);
        _survive(500e18, 10 days, modelId);
        IReputation.Mass memory mass = onus.reputation(provider).mass;
        _fault(1e18);
        _book(mass, mass.seasoned / 5, _weight(2e18, WINDOW));
        _assertMasses(mass, "after the fault");
    }

    /// @dev The same bond as by wrong execution, at a first fault too, but the provider is excluded.
    function testFuzz_convict_leavesNothingAfterEquivocation(uint256 coverage, uint32 window) public {
        coverage = bound(coverage, 1, 1_000e18);
        window = uint32(bound(window, 10 minutes, 14 days));
        _survive(500e18, 10 days, modelId);
        IReputation.Mass memory mass = onus.reputation(provider).mass;
        Receipt memory receipt = _aged(_receipt(coverage), window);
        _attest(receipt);
        onus.convict(Fault.Equivocation, receipt, _direct(), _against(_rival(receipt)));
        _book(mass, 0, _weight(2 * coverage, window));
        _assertMasses(mass, "after equivocation");
        assertTrue(onus.providerRecord(provider).tombstoned, "tombstoned");
        assertEq(onus.reputation(provider).score, 0, "score");
    }

    /// @dev Whatever a receipt promises: a signature alone is no bond.
    function testFuzz_convictSigned_booksNoExposure(uint128 coverage, uint32 window) public {
        _survive(500e18, 10 days, modelId);
        IReputation.Mass memory mass = onus.reputation(provider).mass;
        Receipt memory receipt = _aged(_receipt(coverage), window);
        bytes memory signature = _sign(KEY, receipt);
        bytes memory evidence = _against(_rival(receipt));
        _book(mass, 0, 0);
        vm.expectEmit(address(onus));
        emit IReputation.ReputationUpdated(provider, modelId, mass, mass);
        onus.convictSigned(Fault.Equivocation, receipt, signature, evidence);
        _assertMasses(mass, "after signatures");
        _assertStanding(onus.reputation(provider), 0, WAD, 0);
        assertEq(onus.totals(provider).slashed, 40e18, "slashed");
    }

    function test_convictSigned_opensNoSlotWhereNothingWas() public {
        Receipt memory receipt = _receipt(100e18);
        bytes memory signature = _sign(KEY, receipt);
        onus.convictSigned(Fault.Equivocation, receipt, signature, _against(_rival(receipt)));
        assertFalse(_isStored(modelId), "slot opened by signatures");
        _assertNotScored();
    }

    /// @dev The receipt is in a batch with collateral, of which nothing is its own.
    function test_convict_opensNoSlotForALeafWithoutCoverage() public {
        _convictWithoutCoverage();
        assertFalse(_isStored(modelId), "slot opened without a bond");
        _assertNotScored();
        _fault(1e18);
        assertTrue(_isStored(modelId), "slot opened with a bond");
        assertTrue(onus.reputation(provider).scored, "scored");
    }

    function test_convict_keepsAFifthWhenALeafWithoutCoverageIsTheFirstFault() public {
        _survive(500e18, 10 days, modelId);
        IReputation.Mass memory mass = onus.reputation(provider).mass;
        _convictWithoutCoverage();
        _book(mass, mass.seasoned / 5, 0);
        _assertMasses(mass, "after the fault");
    }

    /// @dev The punishment doubles with the second fault, the weight in the mass does not.
    function test_convict_weighsTheBondAndNotThePunishment() public {
        _fault(100e18);
        uint256 weight = _weight(200e18, WINDOW);
        assertEq(onus.reputation(provider).mass.slashed, weight, "the first bond");
        // 3,600 are left, of which one percent is more than this bond.
        _fault(1e18);
        weight += _weight(2e18, WINDOW);
        assertEq(onus.reputation(provider).mass.slashed, weight, "the second bond");
        assertEq(onus.reputation(provider).mass.exposure, weight, "exposure");
        assertEq(onus.totals(provider).slashed, 400e18 + 2e18 + 72e18, "slashed");
    }

    /// @dev A further bond of a known offence adds its weight and leaves what was seasoned.
    function testFuzz_convict_booksEveryBondOfAnOffence(
        uint256 coverage,
        uint256 more,
        uint32 window
    ) public {
        _survive(500e18, 10 days, modelId);
        IReputation.Mass memory mass = onus.reputation(provider).mass;
        Receipt memory receipt = _receipt(bound(coverage, 1, 100e18));
        Receipt memory rival = _rival(receipt);
        rival.coverage = uint128(bound(more, 1, 100e18));
        rival.challengeWindow = uint32(bound(window, 10 minutes, 14 days));
        _attest(receipt);
        _attest(rival);
        _convictDirect(receipt);
        _book(mass, mass.seasoned / 5, _weight(2 * uint256(receipt.coverage), WINDOW));
        _assertMasses(mass, "after the first bond");
        _book(mass, mass.seasoned, _weight(2 * uint256(rival.coverage), rival.challengeWindow));
        vm.expectEmit(address(onus));
        emit IReputation.ReputationUpdated(provider, modelId, mass, mass);
        _convictDirect(rival);
        _assertMasses(mass, "after the further bond");
        assertEq(onus.providerRecord(provider).faults, 1, "faults");
    }

    /// @dev The other offence of the same receipt finds its bond taken.
    function test_convict_booksABondOnceForTwoOffences() public {
        _survive(500e18, 10 days, modelId);
        IReputation.Mass memory mass = onus.reputation(provider).mass;
        Receipt memory receipt = _receipt(100e18);
        _attest(receipt);
        _convictDirect(receipt);
        _book(mass, mass.seasoned / 5, _weight(200e18, WINDOW));
        onus.convict(Fault.Equivocation, receipt, _direct(), _against(_rival(receipt)));
        _book(mass, 0, 0);
        _assertMasses(mass, "after both offences");
    }

    /// @dev Two providers promise the same. One is convicted by signatures first and then by its bonds, the
    /// other by its bonds alone, after which signatures prove nothing new.
    function testFuzz_convict_booksTheSameWhetherSignatureOrBondComesFirst(
        uint256 coverage,
        uint32 window,
        uint256 gap
    ) public {
        coverage = bound(coverage, 1, 100e18);
        window = uint32(bound(window, 10 minutes, 14 days));
        gap = bound(gap, 0, window);
        _register(stranger);
        vm.prank(stranger);
        onus.addKey(vm.addr(KEY), KEY_UNTIL);
        _stake(stranger, 4_000e18);
        Receipt[3] memory signed = _answersOf(provider, coverage, window);
        Receipt[3] memory bonded = _answersOf(stranger, coverage, window);
        bytes memory signature = _sign(KEY, signed[0]);
        onus.convictSigned(Fault.Equivocation, signed[0], signature, _against(signed[1]));
        vm.warp(block.timestamp + gap);
        uint256 weight;
        for (uint256 i; i < 3; ++i) {
            onus.convict(Fault.Equivocation, signed[i], _direct(), _against(signed[(i + 1) % 3]));
            onus.convict(Fault.Equivocation, bonded[i], _direct(), _against(bonded[(i + 1) % 3]));
            weight += _weight(2 * uint256(bonded[i].coverage), window);
        }
        signature = _sign(KEY, bonded[0]);
        bytes memory evidence = _against(bonded[1]);
        vm.expectPartialRevert(IConvictions.AlreadyConvicted.selector);
        onus.convictSigned(Fault.Equivocation, bonded[0], signature, evidence);
        IReputation.Standing memory left = onus.reputation(provider);
        assertEq(left.mass.slashed, weight, "slashed mass");
        assertEq(left.mass.exposure, weight, "exposure");
        bytes32 standing = keccak256(abi.encode(left));
        assertEq(standing, keccak256(abi.encode(onus.reputation(stranger))), "standing");
        standing = keccak256(abi.encode(onus.reputationFor(provider, modelId)));
        bytes32 other = keccak256(abi.encode(onus.reputationFor(stranger, modelId)));
        assertEq(standing, other, "standing with the model");
    }

    function test_convict_weighsByTheWindowOfTheBatchAndNotOfTheReceipt() public {
        Receipt[] memory receipts = new Receipt[](2);
        (receipts[0], receipts[1]) = (_receipt(1e18), _aged(_receipt(100e18), 14 days));
        _anchor(_batchOf(receipts));
        Inclusion memory inclusion = _inclusion(receipts, 1);
        onus.convict(Fault.WrongExecution, receipts[1], inclusion, GUILTY);
        assertEq(onus.reputation(provider).mass.slashed, _weight(200e18, WINDOW), "slashed");
        assertEq(onus.reputation(provider).mass.exposure, _weight(200e18, WINDOW), "exposure");
    }

    /// @dev Model zero is a model like any other that nobody registered: not the provider as a whole.
    function test_convictSigned_damagesTheOverallMassOnceForModelZero() public {
        _survive(500e18, 10 days, modelId);
        uint256 seasoned = onus.reputation(provider).mass.seasoned;
        Receipt memory receipt = _receipt(100e18);
        receipt.modelId = ModelId.wrap(0);
        bytes memory signature = _sign(KEY, receipt);
        onus.convictSigned(Fault.Equivocation, receipt, signature, _against(_rival(receipt)));
        _assertModelZero(seasoned, 0, 0);
        assertFalse(_isStored(ModelId.wrap(0)), "slot opened");
    }

    function test_convict_damagesTheOverallMassOnceForModelZeroInABatch() public {
        _survive(500e18, 10 days, modelId);
        uint256 seasoned = onus.reputation(provider).mass.seasoned;
        Receipt[] memory receipts = new Receipt[](2);
        (receipts[0], receipts[1]) = (_receipt(1e18), _receipt(100e18));
        receipts[1].modelId = ModelId.wrap(0);
        _anchor(_batchOf(receipts));
        Inclusion memory inclusion = _inclusion(receipts, 1);
        onus.convict(Fault.WrongExecution, receipts[1], inclusion, GUILTY);
        _assertModelZero(seasoned, seasoned / 5, _weight(200e18, WINDOW));
    }

    function test_reputationFor_knowsNothingAboutModelZero() public {
        _survive(500e18, 10 days, modelId);
        IReputation.Standing memory standing = onus.reputationFor(provider, ModelId.wrap(0));
        assertFalse(standing.scored, "scored");
        _assertStanding(standing, onus.reputation(provider).score, WAD, 0);
    }

    function testFuzz_convict_lowersBothScores(uint256 coverage, uint32 window, uint256 lost) public {
        _survive(bound(coverage, 1e15, 1_000e18), uint32(bound(window, 10 minutes, 14 days)), modelId);
        uint256 score = onus.reputation(provider).score;
        uint256 byModel = onus.reputationFor(provider, modelId).score;
        _fault(bound(lost, 1, 100e18));
        assertLt(onus.reputation(provider).score, score, "score");
        assertLt(onus.reputationFor(provider, modelId).score, byModel, "score with the model");
        assertLe(score, WAD - 1, "score");
        assertLe(byModel, WAD - 1, "score with the model");
    }

    function test_reputation_halvesEvery30Days() public {
        _survive(500e18, 10 days, modelId);
        uint256 seasoned = onus.reputation(provider).mass.seasoned;
        vm.warp(block.timestamp + 30 days);
        IReputation.Standing memory standing = onus.reputation(provider);
        assertEq(standing.mass.seasoned, seasoned / 2, "seasoned");
        assertEq(standing.score, ((seasoned / 2) * WAD) / (seasoned / 2 + A), "score");
        vm.warp(block.timestamp + 10_000 days);
        assertFalse(onus.reputation(provider).scored, "scored");
    }

    function testFuzz_reputation_doesNotDependOnWhenItIsTouched(uint256 s, uint256 t) public {
        s = bound(s, 1 hours, 200 days);
        t = bound(t, 1 hours, 200 days);
        _survive(1_000e18, 14 days, modelId);
        uint256 seasoned = onus.reputation(provider).mass.seasoned;
        uint256 since = block.timestamp;
        vm.warp(since + s);
        // A bond too small to weigh anything touches the record.
        _survive(1, 10 minutes, modelId);
        vm.warp(block.timestamp + t);
        uint256 atOnce = (seasoned * Decay.factor(block.timestamp - since)) / WAD;
        assertNear(onus.reputation(provider).mass.seasoned, atOnce, 2, "seasoned");
    }

    function test_reputationFor_shrinksTowardsTheOverallScore() public {
        _survive(500e18, 10 days, _other);
        uint256 score = onus.reputation(provider).score;
        assertEq(onus.reputationFor(provider, modelId).score, score, "without history of its own");
        _survive(50e18, 10 days, modelId);
        uint256 m = onus.reputationFor(provider, modelId).mass.seasoned;
        score = onus.reputation(provider).score;
        uint256 expected = (m * WAD + A * score) / (m + A);
        assertEq(onus.reputationFor(provider, modelId).score, expected, "with history");
        assertLt(score, expected, "own history counts for more");
    }

    function test_reputationFor_keepsTheMassesOfModelsApart() public {
        _survive(500e18, 10 days, _other);
        uint256 mass = onus.reputationFor(provider, _other).mass.seasoned;
        _fault(1e18);
        assertEq(onus.reputationFor(provider, _other).mass.seasoned, mass, "the other model's mass");
        assertEq(onus.reputation(provider).mass.seasoned, mass / 5, "the overall mass");
    }

    function test_totals_addUpAndNeverDecay() public {
        _fault(10e18);
        vm.warp(block.timestamp + 1000 days);
        _fault(5e18);
        // Each bond, and as much again (one percent of the stake: 40, then 39.4).
        IReputation.Totals memory totals = onus.totals(provider);
        assertEq(totals.slashed, 20e18 + 40e18 + 10e18 + 39.4e18, "slashed");
        assertEq(totals.restituted, 15e18, "restituted");
    }

    function testFuzz_score_gainsNothingFromSplitting(uint256 coverage, uint256 parts, uint32 window) public {
        coverage = bound(coverage, 20, 1_000e18);
        parts = bound(parts, 1, 8);
        window = uint32(bound(window, 10 minutes, 14 days));
        _register(stranger);
        _stake(stranger, 4_000e18);
        Receipt[] memory pieces = new Receipt[](parts);
        for (uint256 i; i < parts; ++i) pieces[i] = _aged(_receipt(coverage / parts), window);
        Receipt memory whole = _aged(_receipt(coverage), window);
        whole.provider = stranger;
        for (uint256 i; i < parts; ++i) _attest(pieces[i]);
        _attest(whole);
        vm.warp(block.timestamp + window + 1);
        vm.roll(block.number + WINDOW_BLOCKS);
        for (uint256 i; i < parts; ++i) onus.releaseReceipt(pieces[i], _direct());
        onus.releaseReceipt(whole, _direct());
        assertLe(onus.reputation(provider).score, onus.reputation(stranger).score, "score");
    }

    /// @dev An old identity with faults is never worth less than a fresh one with the same later history.
    function testFuzz_score_gainsNothingFromANewIdentity(uint256 before, uint256 later, uint256 gap) public {
        _survive(bound(before, 1, 500e18), 10 days, modelId);
        _fault(1e18);
        _fault(1e18);
        vm.warp(block.timestamp + bound(gap, 0, 300 days));
        _register(stranger);
        _stake(stranger, 4_000e18);
        later = bound(later, 1, 500e18);
        Receipt memory old = _aged(_receipt(later), 10 days);
        Receipt memory fresh = _aged(_receipt(later), 10 days);
        fresh.provider = stranger;
        _attest(old);
        _attest(fresh);
        vm.warp(block.timestamp + 10 days + 1);
        vm.roll(block.number + WINDOW_BLOCKS);
        onus.releaseReceipt(old, _direct());
        onus.releaseReceipt(fresh, _direct());
        assertLe(onus.reputation(stranger).score, onus.reputation(provider).score, "score");
        uint256 byModel = onus.reputationFor(provider, modelId).score;
        assertLe(onus.reputationFor(stranger, modelId).score, byModel, "score with the model");
    }

    function test_release_saturatesInsteadOfFailing() public {
        uint256 most = type(uint128).max;
        _stake(provider, most - onus.account(provider).active);
        _survive(most / 4, 14 days, modelId);
        _survive(most / 4, 14 days, modelId);
        assertEq(onus.reputation(provider).mass.seasoned, type(uint72).max, "seasoned");
        assertLt(onus.reputation(provider).score, WAD, "score");
        Receipt memory receipt = _receipt(most / 4);
        _attest(receipt);
        _convictDirect(receipt);
        assertEq(onus.reputation(provider).mass.exposure, type(uint72).max, "exposure");
    }

    /// @dev Attests, waits, releases.
    function _survive(uint256 coverage, uint32 window, ModelId model) private {
        Receipt memory receipt = _aged(_receipt(coverage), window);
        receipt.modelId = model;
        _attest(receipt);
        vm.warp(block.timestamp + window + 1);
        vm.roll(block.number + WINDOW_BLOCKS);
        onus.releaseReceipt(receipt, _direct());
    }

    /// @dev After a first fault that was proven about a receipt of model zero.
    function _assertModelZero(uint256 seasoned, uint256 kept, uint256 weight) private view {
        IReputation.Mass memory mass = onus.reputation(provider).mass;
        assertEq(mass.seasoned, kept, "seasoned");
        assertEq(mass.exposure, seasoned + weight, "exposure");
        assertEq(mass.slashed, weight, "slashed");
        mass = onus.reputationFor(provider, ModelId.wrap(0)).mass;
        assertEq(mass.seasoned, 0, "seasoned with model zero");
        assertEq(mass.exposure, weight, "exposure with model zero");
        assertEq(mass.slashed, weight, "slashed with model zero");
        assertEq(onus.reputationFor(provider, modelId).mass.seasoned, seasoned, "the other model");
    }

    function _fault(uint256 coverage) private {
        Receipt memory receipt = _receipt(coverage);
        _attest(receipt);
        _convictDirect(receipt);
    }

    /// @dev Convicts the second receipt of a batch, whose coverage is zero, of wrong execution.
    function _convictWithoutCoverage() private {
        Receipt[] memory receipts = new Receipt[](2);
        (receipts[0], receipts[1]) = (_receipt(100e18), _receipt(0));
        _anchor(_batchOf(receipts));
        Inclusion memory inclusion = _inclusion(receipts, 1);
        onus.convict(Fault.WrongExecution, receipts[1], inclusion, GUILTY);
    }

    /// @dev Three anchored answers to one request, of different coverage.
    function _answersOf(
        address who,
        uint256 coverage,
        uint32 window
    ) private returns (Receipt[3] memory answers) {
        answers[0] = _aged(_receipt(coverage), window);
        answers[0].provider = who;
        answers[1] = _rival(answers[0]);
        answers[2] = _rival(answers[1]);
        (answers[1].coverage, answers[2].coverage) = (answers[0].coverage + 1, answers[0].coverage * 2);
        for (uint256 i; i < 3; ++i) _attest(answers[i]);
    }

    /// @dev What a conviction makes of a mass at this moment.
    function _book(IReputation.Mass memory mass, uint256 seasoned, uint256 weight) private pure {
        mass.seasoned = uint72(seasoned);
        mass.exposure += uint72(weight);
        mass.slashed += uint72(weight);
    }

    function _weight(uint256 bond, uint256 window) private pure returns (uint256) {
        return (bond * window * 1e9) / (MIN_STAKE * 1 days);
    }

    /// @dev Overall and with the model: the provider has answered with no other.
    function _assertMasses(IReputation.Mass memory expected, string memory when) private view {
        bytes32 mass = keccak256(abi.encode(expected));
        assertEq(keccak256(abi.encode(onus.reputation(provider).mass)), mass, when);
        assertEq(keccak256(abi.encode(onus.reputationFor(provider, modelId).mass)), mass, when);
    }

    function _assertNotScored() private view {
        assertFalse(onus.reputation(provider).scored, "scored");
        assertFalse(onus.reputationFor(provider, modelId).scored, "scored with the model");
        assertEq(onus.providerRecord(provider).faults, 1, "faults");
    }

    /// @dev Whether any mapping by provider and model holds something, wherever it starts.
    function _isStored(ModelId model) private view returns (bool) {
        for (uint256 i; i < 64; ++i) {
            bytes32 byProvider = keccak256(abi.encode(provider, i));
            if (vm.load(address(onus), keccak256(abi.encode(model, byProvider))) != 0) return true;
        }
        return false;
    }

    function _aged(Receipt memory receipt, uint32 window) private pure returns (Receipt memory) {
        receipt.challengeWindow = window;
        return receipt;
    }

    function _assertStanding(
        IReputation.Standing memory standing,
        uint256 score,
        uint256 uncertainty,
        uint256 lossRatio
    ) private pure {
        assertEq(standing.score, score, "score");
        assertEq(standing.uncertainty, uncertainty, "uncertainty");
        assertEq(standing.lossRatio, lossRatio, "loss ratio");
    }
}
