// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IConvictions} from "../../contracts/interfaces/IConvictions.sol";
import {Fault} from "../../contracts/interfaces/IFault.sol";
import {Lock} from "../../contracts/types/Lock.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {OnusTest} from "../helpers/OnusTest.sol";

/// @dev A provider that is its own consumer and its own challenger, and tries to lose little.
contract SelfConvictionTest is OnusTest {
    uint256 private constant STEPS = 40;

    Receipt[] private _receipts;
    uint256 private _random;
    uint256 private _recovered;
    mapping(bytes32 payoutId => bool) private _counted;

    /// @dev The claim of `IStake`: at most 45 % comes back, at every moment and for every order.
    /// hardhat-config: fuzz.runs = 400
    function testFuzz_convict_givesAProviderBackAtMost45PercentOfWhatItTakes(
        uint256 stake,
        uint256 seed
    ) public {
        _random = seed;
        _stake(provider, bound(stake, MIN_STAKE, 1e29));
        for (uint256 i; i < STEPS; ++i) {
            _step();
            assertLe(_recovered * 100, uint256(onus.faultRecord(provider).slashed) * 45, "recovered");
        }
    }

    /// @dev The worst that there is: everything reserved, every conviction clamped or exactly matched.
    function testFuzz_convict_givesBack45PercentWhenEverythingIsReserved(uint256 parts, uint256 seed) public {
        _random = seed;
        _stake(provider, 4_000e18);
        parts = bound(parts, 1, 12);
        for (uint256 i = 1; i < parts; ++i) _attestOwn(1 + _next(onus.capacity(provider) - (parts - i)));
        _attestOwn(onus.capacity(provider));
        while (_receipts.length != 0) _convictOne(Fault.WrongExecution);
        assertEq(onus.faultRecord(provider).slashed, 4_000e18, "everything is taken");
        assertNear(_recovered, 1_800e18, parts, "recovered");
    }

    /// @dev Escalation eats the reserve of those that follow: a late conviction may find less than its bond.
    /// What is taken in all is divided as if it had not.
    function test_convict_mayFindLessThanTheBondButTakesEverythingInAll() public {
        _stake(provider, 1_000e18);
        _attestOwn(50e18);
        _attestOwn(50e18);
        _attestOwn(150e18);
        uint256[3] memory takes = [uint256(200e18), 300e18, 300e18 + 200e18];
        for (uint256 i; i < 3; ++i) {
            uint256 before = onus.faultRecord(provider).slashed;
            vm.prank(provider);
            onus.convict(Fault.WrongExecution, _receipts[i], _direct(), GUILTY);
            _count(_receipts[i], Fault.WrongExecution);
            assertEq(onus.faultRecord(provider).slashed - before, takes[i], "taken");
            assertLe(_recovered * 100, uint256(onus.faultRecord(provider).slashed) * 45, "recovered so far");
        }
        assertEq(onus.faultRecord(provider).slashed, 1_000e18, "everything is taken");
        assertEq(_recovered, 450e18, "recovered");
    }

    function _step() private {
        uint256 action = _next(12);
        if (action < 3) _attestOwn(_someCoverage());
        else if (action < 5) _convictOne(Fault.WrongExecution);
        else if (action == 5) _convictOne(Fault.Equivocation);
        else if (action == 6) _convictByEquivocation();
        else if (action == 7) _thawSome();
        else if (action == 8) _withdraw();
        else if (action == 9) _releaseOne();
        else if (action == 10) _depositSome();
        else _pass();
    }

    function _someCoverage() private returns (uint256) {
        uint256 most = onus.capacity(provider);
        return most == 0 || _next(3) == 0 ? most : _next(most + 1);
    }

    function _attestOwn(uint256 coverage) private {
        if (coverage == 0 || onus.account(provider).tombstoned) return;
        Receipt memory receipt = _receipt(coverage);
        // Now and then another answer to a request that was answered before.
        if (_receipts.length != 0 && _next(4) == 0) receipt.requestId = _receipts[0].requestId;
        receipt.consumer = provider;
        receipt.challengeWindow = 14 days;
        _attest(receipt);
        _receipts.push(receipt);
    }

    function _convictOne(Fault fault) private {
        if (_receipts.length == 0) return;
        uint256 index = _next(_receipts.length);
        Receipt memory receipt = _receipts[index];
        bytes memory evidence = fault == Fault.WrongExecution ? GUILTY : _freshAgainst(receipt);
        vm.prank(provider);
        try onus.convict(fault, receipt, _direct(), evidence) {
            _count(receipt, fault);
            if (fault == Fault.WrongExecution) _drop(index);
        } catch {
            Lock memory lock = onus.lockOf(_idOf(receipt));
            bool open = block.timestamp <= lock.since + 14 days || block.number < lock.untilBlock;
            assertFalse(open && lock.bond != 0, "an open bond could not be convicted");
            _drop(index);
        }
    }

    function _convictByEquivocation() private {
        Receipt memory receipt = _receipt(_next(2) == 0 ? 0 : _next(1e30));
        if (_receipts.length != 0 && _next(2) == 0) receipt.requestId = _receipts[0].requestId;
        receipt.consumer = provider;
        bytes memory signature = _sign(KEY, receipt);
        bytes memory evidence = _against(_rival(receipt));
        vm.prank(provider);
        try onus.convictSigned(Fault.Equivocation, receipt, signature, evidence) {
            _count(receipt, Fault.Equivocation);
        } catch {}
    }

    /// @dev A rival signed now, however old the receipt is.
    function _freshAgainst(Receipt memory receipt) private view returns (bytes memory) {
        Receipt memory rival = _rival(receipt);
        rival.issuedAt = uint64(block.timestamp);
        return _against(rival);
    }

    function _thawSome() private {
        uint256 active = onus.account(provider).active;
        uint256 reserved = 2 * uint256(onus.account(provider).locked);
        if (active <= reserved) return;
        uint256 amount = _next(2) == 0 ? active - reserved : 1 + _next(active - reserved);
        vm.prank(provider);
        onus.startThaw(uint128(amount));
    }

    function _withdraw() private {
        if (onus.thaw(provider).amount == 0) return;
        vm.warp(block.timestamp + (_next(2) == 0 ? THAW : 0));
        vm.prank(provider);
        try onus.withdraw() {} catch {}
    }

    function _releaseOne() private {
        if (_receipts.length == 0) return;
        try onus.releaseReceipt(_receipts[_next(_receipts.length)], _direct()) {} catch {}
    }

    function _depositSome() private {
        if (onus.account(provider).tombstoned) return;
        _stake(provider, 1 + _next(1e29));
    }

    function _pass() private {
        vm.warp(block.timestamp + _next(_next(3) == 0 ? 100 days : 5 days));
        vm.roll(block.number + _next(2 * WINDOW_BLOCKS));
    }

    /// @dev Adds what the payouts of a receipt and of an offence owe, each once.
    function _count(Receipt memory receipt, Fault fault) private {
        bytes32 key = keccak256(abi.encode(provider, provider, receipt.requestId));
        _count(_idOf(receipt));
        _count(keccak256(abi.encode(key, fault)));
    }

    function _count(bytes32 payoutId) private {
        if (_counted[payoutId]) return;
        IConvictions.Payout memory due = _payout(payoutId);
        _counted[payoutId] = due.maturesAt != 0;
        _recovered += uint256(due.restitution) + due.reward;
    }

    function _drop(uint256 index) private {
        _receipts[index] = _receipts[_receipts.length - 1];
        _receipts.pop();
    }

    /// @dev A pseudo-random number below `limit`.
    function _next(uint256 limit) private returns (uint256) {
        _random = uint256(keccak256(abi.encode(_random)));
        return _random % limit;
    }
}
