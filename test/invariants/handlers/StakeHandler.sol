// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {KeysHandler} from "./KeysHandler.sol";

/// @title StakeHandler
/// @notice Money in and out, with books of it.
abstract contract StakeHandler is KeysHandler {
    /// @dev What a provider has, by the rules.
    struct Ledger {
        uint256 active;
        uint256 locked;
        uint256 thawing;
        /// On the registry's clock.
        uint256 maturesAt;
        uint256 frozen;
        uint256 frozenUntil;
        uint256 frozenUntilBlock;
        uint256 slashed;
        uint256 restituted;
        uint256 faults;
        bool tombstoned;
    }

    /// @notice Tokens that were sent to the registry without a deposit.
    uint256 public donated;
    mapping(address provider => Ledger) internal _ledger;

    function setUp() public virtual override {
        super.setUp();
        for (uint256 i; i < PROVIDERS; ++i) {
            uint256 amount = (10 ** i) * 2 * MIN_STAKE;
            _stake(providerAt(i), amount);
            _ledger[providerAt(i)].active = amount;
        }
    }

    function deposit(uint256 seed) external drawing(seed) {
        if (_oneIn(8)) _donate(_next(MIN_STAKE));
        address who = _someProvider();
        Ledger storage ledger = _ledger[who];
        uint128 amount = _oneIn(8) ? _amount(2 ** 120) : uint128(_next(1_000 * MIN_STAKE));
        token.mint(who, amount);
        vm.prank(who);
        token.approve(address(onus), amount);
        bool due = !ledger.tombstoned && amount != 0 && ledger.active + amount < 2 ** 120;
        if (_act(who, abi.encodeCall(onus.deposit, (amount)), due, "I14 a deposit")) ledger.active += amount;
    }

    function startThaw(uint256 seed) external drawing(seed) {
        address who = _someProvider();
        Ledger storage ledger = _ledger[who];
        uint256 reserved = 2 * ledger.locked;
        uint128 amount = _amount(ledger.active > reserved ? ledger.active - reserved : 0);
        if (_oneIn(2)) amount /= 8;
        bool due = amount != 0 && reserved + amount <= ledger.active;
        if (!_act(who, abi.encodeCall(onus.startThaw, (amount)), due, "I2 a thaw")) return;
        ledger.active -= amount;
        ledger.thawing += amount;
        ledger.maturesAt = ghostClock() + THAW;
    }

    /// @notice Sometimes exactly when it thaws, or a second before.
    function withdraw(uint256 seed) external drawing(seed) {
        address who = _someProvider();
        Ledger storage ledger = _ledger[who];
        uint256 clock = ghostClock();
        if (_oneIn(3) && clock < ledger.maturesAt) {
            vm.warp(block.timestamp + ledger.maturesAt - clock - (_oneIn(4) ? 1 : 0));
        }
        uint256 kept = ghostFreeze(who);
        uint256 amount = ledger.thawing - (kept < ledger.thawing ? kept : ledger.thawing);
        bool due = !_isStopped() && amount != 0 && ghostClock() >= ledger.maturesAt;
        uint256 balance = token.balanceOf(who);
        if (!_act(who, abi.encodeCall(onus.withdraw, ()), due, "I4 a withdrawal")) return;
        ledger.thawing -= amount;
        _check(token.balanceOf(who) == balance + amount, "I4 a withdrawal was mispaid");
        uint256 disputed = _disputed(who);
        uint256 least = disputed < ledger.thawing + amount ? disputed : ledger.thawing + amount;
        _check(ledger.thawing >= least, "I4 stake left that an open dispute may take");
    }

    /// @notice Somebody pays a fee, so that what is released counts; how much it may is for the tests of reputation.
    function burnFee(uint256 seed) external drawing(seed) {
        address who = _someProvider();
        address payer = address(uint160(0x7007 + _next(8)));
        uint128 amount = uint128(reputation.mostFee(who, modelId, payer));
        token.mint(payer, amount);
        vm.prank(payer);
        token.approve(address(reputation), amount);
        vm.prank(payer);
        (bool done, ) = address(reputation).call(abi.encodeCall(reputation.burnFee, (who, modelId, amount)));
        if (done) ++successes[msg.sig];
    }

    /// @notice The largest coverage that a provider can promise now, by the rules.
    function ghostCapacity(address who) public view returns (uint256) {
        Ledger memory ledger = _ledger[who];
        if (ledger.tombstoned || ledger.active < _now.minStake) return 0;
        uint256 half = ledger.active / 2;
        return half < ledger.locked ? 0 : (half - ledger.locked) / 2;
    }

    function ghostOf(address who) external view returns (Ledger memory) {
        return _ledger[who];
    }

    /// @dev What open disputes keep of what thaws.
    function ghostFreeze(address who) public view returns (uint256) {
        Ledger storage ledger = _ledger[who];
        bool over = ghostClock() > ledger.frozenUntil && block.number >= ledger.frozenUntilBlock;
        return over ? 0 : ledger.frozen;
    }

    /// @dev What the disputes that are open may take of what was thawing when they began.
    function _disputed(address who) internal view virtual returns (uint256);

    function _donate(uint256 amount) private {
        token.mint(address(onus), amount);
        donated += amount;
    }
}
