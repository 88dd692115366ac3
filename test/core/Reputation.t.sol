// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

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
        onus.releaseReceipt(receipt);
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

    function test_convict_leavesNothingAtTheSecondFault() public {
        _survive(500e18, 10 days, modelId);
        _fault(1e18);
        assertTrue(onus.reputation(provider).score != 0, "after the first");
        _fault(1e18);
        assertEq(onus.reputation(provider).score, 0, "after the second");
    }

    function testFuzz_convictSigned_weighsOnePercentForTenMinutes(uint128 coverage, uint32 window) public {
        _survive(500e18, 10 days, modelId);
        uint256 seasoned = onus.reputation(provider).mass.seasoned;
        Receipt memory receipt = _aged(_receipt(coverage), window);
        bytes memory signature = _sign(KEY, receipt);
        bytes memory evidence = _against(_rival(receipt));
        uint256 weight = (uint256(40e18) * 10 minutes * 1e9) / (MIN_STAKE * 1 days);
        IReputation.Mass memory mass = IReputation.Mass({
            seasoned: uint72(seasoned / 5),
            exposure: uint72(seasoned + weight),
            slashed: uint72(weight),
            updatedAt: uint40(block.timestamp)
        });
        vm.expectEmit(address(onus));
        emit IReputation.ReputationUpdated(provider, modelId, mass, mass);
        onus.convictSigned(Fault.Equivocation, receipt, signature, evidence);
        IReputation.Standing memory standing = onus.reputation(provider);
        assertEq(standing.mass.seasoned, seasoned / 5, "seasoned");
        assertEq(standing.mass.slashed, weight, "slashed");
        assertEq(standing.lossRatio, (weight * WAD) / (seasoned + weight), "loss ratio");
    }

    /// @dev The punishment doubles with the second fault, the weight in the mass does not.
    function test_convict_weighsWhatItIsAboutAndNotTheEscalation() public {
        uint256 perToken = (uint256(WINDOW) * 1e9) / 1 days;
        _fault(100e18);
        uint256 weight = (200e18 * perToken) / MIN_STAKE;
        assertNear(onus.reputation(provider).mass.slashed, weight, 1, "the bond");
        // 3,600 are left, of which one percent is more than this bond.
        _fault(1e18);
        weight += (36e18 * perToken) / MIN_STAKE;
        assertNear(onus.reputation(provider).mass.slashed, weight, 2, "one percent of the stake");
        assertEq(onus.totals(provider).slashed, 400e18 + 2e18 + 72e18, "slashed");
    }

    function test_convict_weighsAnOffenceOnce() public {
        Receipt memory receipt = _receipt(100e18);
        Receipt memory rival = _receipt(100e18);
        rival.requestId = receipt.requestId;
        _attest(receipt);
        _attest(rival);
        _convictDirect(receipt);
        bytes32 before = keccak256(abi.encode(onus.reputation(provider)));
        _convictDirect(rival);
        assertEq(keccak256(abi.encode(onus.reputation(provider))), before, "standing");
    }

    /// @dev Model zero is a model like any other that nobody registered: not the provider as a whole.
    function test_convictSigned_damagesTheOverallMassOnceForModelZero() public {
        _survive(500e18, 10 days, modelId);
        uint256 seasoned = onus.reputation(provider).mass.seasoned;
        Receipt memory receipt = _receipt(100e18);
        receipt.modelId = ModelId.wrap(0);
        bytes memory signature = _sign(KEY, receipt);
        onus.convictSigned(Fault.Equivocation, receipt, signature, _against(_rival(receipt)));
        _assertModelZero(seasoned, (uint256(40e18) * 10 minutes * 1e9) / (MIN_STAKE * 1 days));
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
        _assertModelZero(seasoned, (uint256(200e18) * WINDOW * 1e9) / (MIN_STAKE * 1 days));
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
        for (uint256 i; i < parts; ++i) onus.releaseReceipt(pieces[i]);
        onus.releaseReceipt(whole);
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
        onus.releaseReceipt(old);
        onus.releaseReceipt(fresh);
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
        onus.releaseReceipt(receipt);
    }

    /// @dev After a first fault that was proven about a receipt of model zero.
    function _assertModelZero(uint256 seasoned, uint256 weight) private view {
        IReputation.Mass memory mass = onus.reputation(provider).mass;
        assertEq(mass.seasoned, seasoned / 5, "seasoned");
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
