// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Reputation} from "../../contracts/core/Reputation.sol";
import {IKeys} from "../../contracts/interfaces/IKeys.sol";
import {IProviders} from "../../contracts/interfaces/IProviders.sol";
import {IReputation} from "../../contracts/interfaces/IReputation.sol";
import {IStake} from "../../contracts/interfaces/IStake.sol";
import {Bound} from "../../contracts/libraries/Bound.sol";
import {Decay} from "../../contracts/libraries/Decay.sol";
import {DemoToken} from "../../contracts/mocks/DemoToken.sol";
import {ModelId} from "../../contracts/types/ModelId.sol";
import {Test} from "../helpers/Vm.sol";

/// @dev The test is the registry.
contract ReputationTest is Test {
    uint256 private constant WAD = 1e18;
    uint256 private constant START = 1_800_000_000;
    uint256 private constant MIN_STAKE = 100e18;
    /// @dev Units of mass in the minimum stake for one day.
    uint256 private constant DAY = 1e8;
    uint256 private constant A = 10 * DAY;
    uint256 private constant CAP = 5 * DAY;
    /// @dev What buys `CAP`: one percent of the minimum stake.
    uint128 private constant FEE = 1e18;
    uint256 private constant KEEP_FIFTH = 20;
    address private constant DEAD = 0x000000000000000000000000000000000000dEaD;

    address private immutable _provider = address(0xa11ce);
    address private immutable _fresh = address(0xf2e54);
    address private immutable _payer = address(0xb0b);
    address private immutable _friend = address(0xf21e4d);
    ModelId private immutable _model = ModelId.wrap(bytes32(uint256(1)));
    ModelId private immutable _other = ModelId.wrap(bytes32(uint256(2)));

    DemoToken private _token;
    Reputation private _reputation;

    function setUp() public {
        vm.warp(START);
        _token = new DemoToken();
        _reputation = new Reputation(_token, MIN_STAKE);
        _reputation.bind();
        _fund(_payer);
        _fund(_friend);
    }

    /// @dev What `Reputation` asks the registry.
    function faultRecord(address provider) external view returns (IKeys.FaultRecord memory record) {
        if (provider == _provider || provider == _fresh) record.registeredAt = uint40(START);
    }

    function test_constructor_refusesNoMinimumStake() public {
        vm.expectRevert(abi.encodeWithSelector(IReputation.MinStakeZero.selector));
        new Reputation(_token, 0);
    }

    function test_constructor_fixesTokenAndUnit() public view {
        assertEq(address(_reputation.token()), address(_token), "token");
        assertEq(_reputation.minStake(), MIN_STAKE, "minimum stake");
    }

    function test_bind_happensOnce() public {
        Reputation reputation = new Reputation(_token, MIN_STAKE);
        assertEq(reputation.registry(), address(0), "before");
        vm.prank(_friend);
        reputation.bind();
        assertEq(reputation.registry(), _friend, "after");
        vm.expectRevert(abi.encodeWithSelector(Bound.AlreadyBound.selector, _friend));
        reputation.bind();
    }

    function test_credit_isForTheRegistryOnly() public {
        vm.expectRevert(abi.encodeWithSelector(Bound.SenderNotRegistry.selector, _friend));
        vm.prank(_friend);
        _reputation.credit(_provider, _model, 1, 1);
    }

    function test_damage_isForTheRegistryOnly() public {
        vm.expectRevert(abi.encodeWithSelector(Bound.SenderNotRegistry.selector, _friend));
        vm.prank(_friend);
        _reputation.damage(_provider, _model, 1, 1, 0);
    }

    function test_reputation_isNotScoredWithoutHistory() public {
        _assertStanding(_reputation.reputation(_provider), false, 0, WAD, 0);
        _assertStanding(_reputation.reputationFor(_provider, _model), false, 0, WAD, 0);
        _pay(_payer, _model, FEE);
        _assertStanding(_reputation.reputation(_provider), false, 0, WAD, 0);
        _assertStanding(_reputation.reputationFor(_provider, _model), false, 0, WAD, 0);
    }

    /// @dev However much a provider serves to itself.
    function testFuzz_credit_withoutFeesSeasonsNothing(uint128 bond, uint32 window, uint256 gap) public {
        _reputation.credit(_provider, _model, bond, window);
        vm.warp(START + bound(gap, 0, 100 days));
        _reputation.credit(_provider, _model, bond, window);
        assertEq(_overall(_provider).seasoned, 0, "seasoned");
        assertEq(_reputation.reputation(_provider).score, 0, "score");
        assertEq(_reputation.reputationFor(_provider, _model).score, 0, "score with the model");
    }

    function testFuzz_credit_seasonsAsFarAsFeesAllow(uint256 bond, uint256 window, uint128 fee) public {
        (bond, window) = (bound(bond, 0, 1_000e18), bound(window, 0, 14 days));
        fee = uint128(bound(fee, 1e10, FEE));
        _pay(_payer, _model, fee);
        _reputation.credit(_provider, _model, bond, window);
        uint256 weight = _weight(bond, window);
        uint256 bought = (uint256(fee) * 500 * DAY) / MIN_STAKE;
        uint256 seasoned = weight < bought ? weight : bought;
        IReputation.Mass memory expected = _mass(seasoned, weight, 0, bought - seasoned, 0);
        _assertMass(_overall(_provider), expected);
        _assertMass(_byModel(_provider, _model), expected);
        uint256 score = (seasoned * WAD) / (seasoned + A);
        bool isScored = weight != 0;
        _assertStanding(_reputation.reputation(_provider), isScored, score, (A * WAD) / (seasoned + A), 0);
    }

    function test_credit_emitsBothMasses() public {
        _pay(_payer, _model, FEE);
        IReputation.Mass memory mass = _mass(CAP, A, 0, 0, 0);
        vm.expectEmit(address(_reputation));
        emit IReputation.ReputationUpdated(_provider, _model, mass, mass);
        _reputation.credit(_provider, _model, MIN_STAKE, 10 days);
    }

    function test_score_isOneHalfAfterTenDaysOfTheMinimumStakeAndTwoPercentOfIt() public {
        _pay(_payer, _model, FEE);
        _pay(_friend, _model, FEE);
        assertEq(_token.balanceOf(DEAD), MIN_STAKE / 50, "burned");
        _reputation.credit(_provider, _model, MIN_STAKE, 10 days);
        _assertStanding(_reputation.reputation(_provider), true, WAD / 2, WAD / 2, 0);
        _assertStanding(_reputation.reputationFor(_provider, _model), true, (3 * WAD) / 4, WAD / 2, 0);
    }

    function test_credit_keepsTheMassesOfModelsApart() public {
        _pay(_payer, _model, FEE);
        _reputation.credit(_provider, _other, MIN_STAKE, 10 days);
        _assertMass(_overall(_provider), _mass(CAP, A, 0, 0, 0));
        _assertMass(_byModel(_provider, _model), _mass(0, 0, 0, CAP, 0));
        _assertMass(_byModel(_provider, _other), _mass(0, A, 0, 0, 0));
    }

    function test_reputationFor_shrinksTowardsTheOverallScore() public {
        _season(_payer, _other, 10 days);
        uint256 score = _reputation.reputation(_provider).score;
        assertEq(score, WAD / 3, "score");
        assertEq(_reputation.reputationFor(_provider, _model).score, score, "without history of its own");
        _season(_friend, _model, 10 days);
        score = _reputation.reputation(_provider).score;
        uint256 expected = (CAP * WAD + A * score) / (CAP + A);
        assertEq(_reputation.reputationFor(_provider, _model).score, expected, "with history");
        assertLt(score, expected, "own history counts for more");
    }

    function test_burnFee_burnsAndSaysWhatItBought() public {
        uint256 before = _token.balanceOf(_payer);
        IReputation.Mass memory mass = _mass(0, 0, 0, CAP, 0);
        vm.expectEmit(address(_reputation));
        emit IReputation.FeeBurned(_provider, _model, _payer, FEE, CAP, CAP);
        vm.expectEmit(address(_reputation));
        emit IReputation.ReputationUpdated(_provider, _model, mass, mass);
        _pay(_payer, _model, FEE);
        assertEq(_token.balanceOf(DEAD), FEE, "burned");
        assertEq(_token.balanceOf(_payer), before - FEE, "left");
        assertEq(_token.balanceOf(address(_reputation)), 0, "kept");
    }

    function test_burnFee_needsAnAmount() public {
        vm.expectRevert(abi.encodeWithSelector(IStake.AmountZero.selector));
        _pay(_payer, _model, 0);
    }

    function test_burnFee_needsAKnownProvider() public {
        vm.expectRevert(abi.encodeWithSelector(IProviders.ProviderUnknown.selector, _friend));
        vm.prank(_payer);
        _reputation.burnFee(_friend, _model, FEE);
    }

    function test_burnFee_knowsNobodyBeforeTheRegistryIsBound() public {
        Reputation reputation = new Reputation(_token, MIN_STAKE);
        vm.expectRevert(abi.encodeWithSelector(IProviders.ProviderUnknown.selector, _provider));
        reputation.burnFee(_provider, _model, FEE);
    }

    function test_burnFee_refusesWhatBuysNoUnit() public {
        // A hundred tokens with 18 decimals are 500 days times 1e8 units: 2e9 token units for one.
        vm.expectRevert(abi.encodeWithSelector(IReputation.FeeTooSmall.selector, 2e9 - 1, 2e9));
        _pay(_payer, _model, 2e9 - 1);
        _pay(_payer, _model, 2e9);
        assertEq(_overall(_provider).allowance, 1, "allowance");
    }

    function test_burnFee_needsTheTokens() public {
        vm.prank(_payer);
        _token.approve(address(_reputation), 0);
        vm.expectPartialRevert(bytes4(keccak256("ERC20InsufficientAllowance(address,uint256,uint256)")));
        _pay(_payer, _model, FEE);
    }

    function test_burnFee_refusesMoreThanAPayerMayGive() public {
        assertEq(_mostFee(_model, _payer), FEE, "at first");
        _pay(_payer, _model, FEE - 1e17);
        assertEq(_mostFee(_model, _payer), 1e17, "then");
        bytes memory refusal = abi.encodeWithSelector(
            IReputation.FeeAboveCap.selector,
            _provider,
            _payer,
            1e17
        );
        vm.expectRevert(refusal);
        _pay(_payer, _model, 1e17 + 1);
        _pay(_payer, _model, 1e17);
        assertEq(_mostFee(_model, _payer), 0, "at last");
        assertEq(_mostFee(_model, _friend), FEE, "of somebody else");
        assertEq(_reputation.mostFee(_fresh, _model, _payer), FEE, "for somebody else");
    }

    function test_burnFee_refusesWhatDoesNotFit() public {
        _reputation = new Reputation(_token, MIN_STAKE);
        _reputation.bind();
        uint256 payers = uint256(type(uint40).max) / CAP;
        for (uint256 i = 1; i <= payers; ++i) {
            _fund(address(uint160(i << 32)));
            _pay(address(uint160(i << 32)), _model, FEE);
        }
        _fund(_payer);
        vm.expectRevert(abi.encodeWithSelector(IReputation.AllowanceFull.selector, _provider));
        _pay(_payer, _model, FEE);
    }

    function test_mostFee_growsAsContributionsDecay() public {
        _pay(_payer, _model, FEE);
        vm.warp(START + 30 days);
        assertEq(_mostFee(_model, _payer), FEE / 2, "after 30 days");
        vm.warp(START + 10_000 days);
        assertEq(_mostFee(_model, _payer), FEE, "for ever");
    }

    /// @dev Rounded up, so that masses, which are rounded down, never exceed what was given.
    function test_mostFee_countsAUnitUntilNothingOfItIsLeft() public {
        _pay(_payer, _model, 2e9);
        vm.warp(START + 50 * 30 days);
        assertEq(_mostFee(_model, _payer), FEE - 2e9, "after fifty half-lives");
        vm.warp(START + 60 * 30 days);
        assertEq(_mostFee(_model, _payer), FEE, "after sixty");
    }

    /// @dev What one payer gave counts over all models and for each by itself.
    function test_burnFee_countsForAnotherModelWhenNothingMoreCountsOverAll() public {
        _pay(_payer, _model, FEE);
        vm.expectEmit(address(_reputation));
        emit IReputation.FeeBurned(_provider, _other, _payer, FEE, 0, CAP);
        _pay(_payer, _other, FEE);
        assertEq(_overall(_provider).allowance, CAP, "over all");
        assertEq(_byModel(_provider, _model).allowance, CAP, "one model");
        assertEq(_byModel(_provider, _other).allowance, CAP, "the other model");
    }

    /// @dev Or a payer could hoard allowance month by month, and season it at once.
    function test_allowance_decaysLikeMass() public {
        for (uint256 i; i < 24; ++i) {
            _pay(_payer, _model, uint128(_mostFee(_model, _payer)));
            vm.warp(block.timestamp + 30 days);
        }
        assertLe(_overall(_provider).allowance, CAP, "allowance");
        _pay(_payer, _model, uint128(_mostFee(_model, _payer)));
        _reputation.credit(_provider, _model, 1_000e18, 14 days);
        assertLe(_reputation.reputation(_provider).score, WAD / 3, "score");
    }

    /// @dev Or fees paid in advance would insure against faults.
    function test_damage_cutsTheAllowanceToo() public {
        _pay(_payer, _model, FEE);
        _reputation.damage(_provider, _model, 0, 0, KEEP_FIFTH);
        _assertMass(_overall(_provider), _mass(0, 0, 0, CAP / 5, 1));
        _reputation.damage(_provider, _model, 0, 0, 0);
        _assertMass(_overall(_provider), _mass(0, 0, 0, 0, 14));
    }

    /// @dev What is left of a contribution is what it still makes: neither more nor less may be given.
    function test_damage_cutsWhatPayersGave() public {
        _season(_payer, _model, 10 days);
        _reputation.damage(_provider, _model, 0, 0, KEEP_FIFTH);
        assertEq(_mostFee(_model, _payer), (4 * FEE) / 5, "after the first");
        _season(_payer, _model, 10 days);
        assertEq(_overall(_provider).seasoned, CAP, "seasoned");
        _reputation.damage(_provider, _model, 0, 0, 0);
        assertEq(_mostFee(_model, _payer), FEE, "after the second");
    }

    function test_damage_cutsWhatPayersGaveToThatModelOnly() public {
        _season(_payer, _model, 10 days);
        _season(_payer, _other, 10 days);
        _reputation.damage(_provider, _other, 0, 0, 0);
        assertEq(_overall(_provider).seasoned, 0, "over all");
        assertEq(_byModel(_provider, _model).seasoned, CAP, "the model without a fault");
        assertEq(_byModel(_provider, _other).seasoned, 0, "the model with the fault");
        _pay(_payer, _model, FEE);
        _assertMass(_overall(_provider), _mass(0, 2 * A, 0, CAP, 13));
        assertEq(_byModel(_provider, _model).allowance, 0, "no more for the model without a fault");
    }

    function test_damage_emitsBothMasses() public {
        _season(_payer, _model, 10 days);
        IReputation.Mass memory mass = _mass(CAP / 5, 2 * A, A, 0, 1);
        vm.expectEmit(address(_reputation));
        emit IReputation.ReputationUpdated(_provider, _model, mass, mass);
        _reputation.damage(_provider, _model, MIN_STAKE, 10 days, KEEP_FIFTH);
        uint256 score = ((CAP / 5) * WAD) / (CAP / 5 + A);
        _assertStanding(_reputation.reputation(_provider), true, score, (A * WAD) / (CAP / 5 + A), WAD / 2);
    }

    function test_damage_takesTheNextSmallerKeep() public {
        uint256[5] memory keeps = [uint256(19), 20, 99, 100, type(uint256).max];
        uint256[5] memory left = [uint256(0), CAP / 5, CAP / 5, CAP, CAP];
        for (uint256 i; i < keeps.length; ++i) {
            _pay(_payer, _model, uint128(_mostFee(_model, _payer)));
            _reputation.credit(_provider, _model, MIN_STAKE, 10 days);
            _reputation.damage(_provider, _model, 0, 0, keeps[i]);
            assertEq(_overall(_provider).seasoned, left[i], "seasoned");
            _reputation.damage(_provider, _model, 0, 0, 0);
        }
    }

    function testFuzz_damage_ofAFurtherBondLeavesWhatIsSeasoned(uint256 bond, uint256 window) public {
        (bond, window) = (bound(bond, 0, 1_000e18), bound(window, 0, 14 days));
        _season(_payer, _model, 10 days);
        uint256 score = _reputation.reputation(_provider).score;
        _reputation.damage(_provider, _model, bond, window, 100);
        uint256 weight = _weight(bond, window);
        _assertMass(_overall(_provider), _mass(CAP, A + weight, weight, 0, 0));
        uint256 loss = (weight * WAD) / (A + weight);
        _assertStanding(_reputation.reputation(_provider), true, score, WAD - score, loss);
    }

    function testFuzz_damage_lowersBothScores(uint128 fee, uint256 time, uint256 bond, uint256 keep) public {
        _pay(_payer, _model, uint128(bound(fee, 1e10, FEE)));
        _reputation.credit(_provider, _model, MIN_STAKE, 10 days);
        vm.warp(START + bound(time, 0, 60 days));
        uint256 score = _reputation.reputation(_provider).score;
        uint256 byModel = _reputation.reputationFor(_provider, _model).score;
        uint256 elsewhere = _reputation.reputationFor(_provider, _other).score;
        keep = bound(keep, 0, 99);
        _reputation.damage(_provider, _model, bound(bond, 0, 1e30), 1 days, keep);
        if (score == 0) return;
        assertLt(_reputation.reputation(_provider).score, score, "score");
        assertLt(_reputation.reputationFor(_provider, _model).score, byModel, "score with the model");
        assertLt(_reputation.reputationFor(_provider, _other).score, elsewhere, "score with another model");
    }

    function test_damage_opensNoSlotWhereNothingWas() public {
        _reputation.damage(_provider, _model, 0, 0, 0);
        _assertMass(_overall(_provider), _mass(0, 0, 0, 0, 0));
        assertEq(_slotOf(_provider), 0, "slot");
        _reputation.damage(_provider, _model, MIN_STAKE, 1 days, 0);
        assertTrue(_slotOf(_provider) != 0, "slot with a bond");
        assertTrue(_reputation.reputation(_provider).scored, "scored");
        assertEq(_reputation.reputation(_provider).lossRatio, WAD, "loss ratio");
    }

    function testFuzz_anything_saturatesInsteadOfFailing(
        uint256 bond,
        uint256 window,
        uint256 keep,
        uint256 gap,
        uint256 times
    ) public {
        times = bound(times, 1, 8);
        for (uint256 i; i < times; ++i) {
            _pay(_payer, _model, uint128(_mostFee(_model, _payer)));
            _reputation.credit(_provider, _model, bond, window);
            _reputation.damage(_provider, _model, window, bond, keep);
            _reputation.damage(_provider, _model, type(uint128).max, type(uint32).max, keep);
            _reputation.credit(_provider, _model, type(uint256).max, type(uint256).max);
            assertEq(_overall(_provider).exposure, type(uint56).max, "exposure");
            assertLe(_overall(_provider).slashed, type(uint56).max, "slashed");
            _assertBelowOne(_reputation.reputation(_provider));
            _assertBelowOne(_reputation.reputationFor(_provider, _model));
            vm.warp(block.timestamp + bound(gap, 1 days, 1_000 days));
        }
    }

    function testFuzz_anything_worksWithAnyMinimumStake(
        uint256 minStake,
        uint128 bond,
        uint32 window
    ) public {
        _reputation = new Reputation(_token, bound(minStake, 1, type(uint256).max));
        _reputation.bind();
        _reputation.credit(_provider, _model, bond, window);
        _reputation.damage(_provider, _model, bond, window, KEEP_FIFTH);
        _reputation.credit(_provider, _model, type(uint256).max, type(uint256).max);
        _assertBelowOne(_reputation.reputationFor(_provider, _model));
    }

    /// @dev Whatever one payer does, and whatever becomes of it.
    function testFuzz_onePayer_makesAThirdAtMost(uint256 seed) public {
        for (uint256 i; i < 40; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            ModelId model = seed & 1 == 0 ? _model : _other;
            uint256 what = (seed >> 8) % 8;
            if (what < 3) _payMost(_payer, model, seed >> 128);
            else if (what < 6) _reputation.credit(_provider, model, 1_000e18, 14 days);
            else if (what == 6) _reputation.damage(_provider, model, 1e18, 1 days, KEEP_FIFTH);
            else if (seed & 0xf0000 == 0) _reputation.damage(_provider, model, 1e18, 1 days, 0);
            if (seed & 0x100 == 0) vm.warp(block.timestamp + ((seed >> 32) % 40 days));
            IReputation.Mass memory mass = _overall(_provider);
            assertLe(uint256(mass.seasoned) + mass.allowance, CAP, "mass");
            assertLe(_reputation.reputation(_provider).score, WAD / 3, "score");
            mass = _byModel(_provider, model);
            assertLe(uint256(mass.seasoned) + mass.allowance, CAP, "mass of the model");
            // Its own third on top of the overall third.
            assertLe(
                _reputation.reputationFor(_provider, model).score,
                (5 * WAD) / 9,
                "score with the model"
            );
        }
    }

    function testFuzz_credit_gainsNothingFromSplitting(uint256 bond, uint256 parts, uint256 window) public {
        (bond, window) = (bound(bond, 1, 1_000e18), bound(window, 1, 14 days));
        parts = bound(parts, 1, 16);
        _pay(_payer, _model, FEE);
        vm.prank(_payer);
        _reputation.burnFee(_fresh, _model, FEE);
        for (uint256 i; i < parts; ++i) {
            uint256 part = bond / parts + (i < bond % parts ? 1 : 0);
            _reputation.credit(_provider, _model, part, window);
        }
        _reputation.credit(_fresh, _model, bond, window);
        assertLe(_overall(_provider).seasoned, _overall(_fresh).seasoned, "seasoned");
        assertNear(_overall(_provider).seasoned, _overall(_fresh).seasoned, parts, "units lost");
    }

    function testFuzz_burnFee_gainsNothingFromSplitting(uint256 amount, uint256 parts) public {
        (amount, parts) = (bound(amount, 1e12, FEE), bound(parts, 1, 16));
        vm.prank(_payer);
        _reputation.burnFee(_fresh, _model, uint128(amount));
        for (uint256 i; i < parts; ++i) _pay(_payer, _model, uint128(amount / parts));
        assertLe(_overall(_provider).allowance, _overall(_fresh).allowance, "allowance");
    }

    function test_reputation_halvesEvery30Days() public {
        _season(_payer, _model, 10 days);
        vm.warp(START + 30 days);
        IReputation.Standing memory standing = _reputation.reputation(_provider);
        _assertMass(standing.mass, _mass(CAP / 2, A / 2, 0, 0, 0));
        assertEq(standing.score, ((CAP / 2) * WAD) / (CAP / 2 + A), "score");
        vm.warp(START + 10_000 days);
        assertFalse(_reputation.reputation(_provider).scored, "scored");
    }

    function test_reputation_roundsTheLargestMassDownToo() public {
        _reputation.credit(_provider, _model, type(uint256).max, 14 days);
        vm.warp(START + 4 * 30 days);
        assertEq(_overall(_provider).exposure, type(uint56).max / 16, "exposure");
    }

    /// @dev Each touch loses less than one unit of a mass, of which half a score is a billion.
    function testFuzz_reputation_doesNotDependOnWhenItIsTouched(uint256 gap, uint256 times) public {
        (gap, times) = (bound(gap, 1, 10 days), bound(times, 1, 32));
        _season(_payer, _model, 10 days);
        for (uint256 i; i < times; ++i) {
            vm.warp(block.timestamp + gap);
            _reputation.credit(_provider, _model, 0, 0);
        }
        uint256 factor = Decay.factor(gap * times);
        assertNear(_overall(_provider).seasoned, (CAP * factor) / WAD, times, "seasoned");
        assertNear(_overall(_provider).exposure, (A * factor) / WAD, times, "exposure");
    }

    /// @dev Every hour for half a year.
    function test_reputation_losesLessThanOnePartInAHundredThousandToPokes() public {
        _reputation.credit(_provider, _model, 100 * MIN_STAKE, 14 days);
        uint256 exposure = _overall(_provider).exposure;
        for (uint256 i; i < 4320; ++i) {
            vm.warp(block.timestamp + 1 hours);
            _reputation.credit(_provider, _model, 0, 0);
        }
        uint256 untouched = (exposure * Decay.factor(180 days)) / WAD;
        assertLe(_overall(_provider).exposure, untouched, "exposure");
        assertNear(_overall(_provider).exposure, untouched, untouched / 100_000, "exposure");
    }

    function _fund(address payer) private {
        _token.mint(payer, 1_000e18);
        vm.prank(payer);
        _token.approve(address(_reputation), type(uint256).max);
    }

    function _pay(address payer, ModelId model, uint128 amount) private {
        vm.prank(payer);
        _reputation.burnFee(_provider, model, amount);
    }

    /// @dev Some part of what the payer may give, if that is anything.
    function _payMost(address payer, ModelId model, uint256 seed) private {
        uint256 most = _mostFee(model, payer);
        if (seed & 1 == 0) most = bound(seed, 0, most);
        if (most >= 2e9) _pay(payer, model, uint128(most));
    }

    /// @dev All that a payer may give, and ten days of the minimum stake.
    function _season(address payer, ModelId model, uint256 window) private {
        _pay(payer, model, uint128(_mostFee(model, payer)));
        _reputation.credit(_provider, model, MIN_STAKE, window);
    }

    function _mostFee(ModelId model, address payer) private view returns (uint256) {
        return _reputation.mostFee(_provider, model, payer);
    }

    function _overall(address provider) private view returns (IReputation.Mass memory) {
        return _reputation.reputation(provider).mass;
    }

    function _byModel(address provider, ModelId model) private view returns (IReputation.Mass memory) {
        return _reputation.reputationFor(provider, model).mass;
    }

    /// @dev The second mapping of the layout: behind the registry.
    function _slotOf(address provider) private view returns (uint256) {
        return uint256(vm.load(address(_reputation), keccak256(abi.encode(provider, uint256(1)))));
    }

    function _mass(
        uint256 seasoned,
        uint256 exposure,
        uint256 slashed,
        uint256 allowance,
        uint256 cuts
    ) private view returns (IReputation.Mass memory) {
        return
            IReputation.Mass({
                seasoned: uint56(seasoned),
                exposure: uint56(exposure),
                slashed: uint56(slashed),
                updatedAt: uint40(block.timestamp),
                allowance: uint40(allowance),
                cuts: uint8(cuts)
            });
    }

    function _weight(uint256 bond, uint256 window) private pure returns (uint256) {
        return (bond * window * DAY) / (MIN_STAKE * 1 days);
    }

    function _assertMass(IReputation.Mass memory actual, IReputation.Mass memory expected) private pure {
        assertEq(actual.seasoned, expected.seasoned, "seasoned");
        assertEq(actual.exposure, expected.exposure, "exposure");
        assertEq(actual.slashed, expected.slashed, "slashed");
        assertEq(actual.updatedAt, expected.updatedAt, "updated at");
        assertEq(actual.allowance, expected.allowance, "allowance");
        assertEq(actual.cuts, expected.cuts, "cuts");
    }

    function _assertStanding(
        IReputation.Standing memory standing,
        bool scored,
        uint256 score,
        uint256 uncertainty,
        uint256 lossRatio
    ) private pure {
        assertTrue(standing.scored == scored, "scored");
        assertNear(standing.score, score, 1, "score");
        assertNear(standing.uncertainty, uncertainty, 1, "uncertainty");
        assertEq(standing.lossRatio, lossRatio, "loss ratio");
    }

    function _assertBelowOne(IReputation.Standing memory standing) private pure {
        assertLt(standing.score, WAD, "score");
        assertLe(standing.uncertainty, WAD, "uncertainty");
        assertLe(standing.lossRatio, WAD, "loss ratio");
    }
}
