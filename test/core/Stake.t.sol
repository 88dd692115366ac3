// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Onus} from "../../contracts/core/Onus.sol";
import {Fault} from "../../contracts/interfaces/IFault.sol";
import {IStake} from "../../contracts/interfaces/IStake.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {OnusTest} from "../helpers/OnusTest.sol";
import {Reentrant} from "../helpers/Reentrant.sol";
import {BlockingToken, FeeToken, HookToken} from "../helpers/Tokens.sol";

contract StakeTest is OnusTest {
    uint256 private constant OWNER_KEY = 0x0417;
    bytes32 private constant PERMIT_TYPEHASH = keccak256(
        "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"
    );

    struct Permit {
        address owner;
        uint256 value;
        uint256 deadline;
        uint8 v;
        bytes32 r;
        bytes32 s;
    }

    // deposit

    function testFuzz_deposit_addsToTheActiveStakeOnly(uint128 first, uint128 second) public {
        first = uint128(bound(first, 1, type(uint120).max / 2));
        second = uint128(bound(second, 1, type(uint120).max / 2));
        _stake(provider, first);
        token.mint(provider, second);
        vm.prank(provider);
        token.approve(address(onus), second);
        Books memory books = _books(provider);
        books.active += second;
        books.balance += second;
        vm.expectEmit(address(onus));
        emit IStake.StakeDeposited(provider, second);
        vm.prank(provider);
        onus.deposit(second);
        _assertBooks(provider, books);
    }

    function test_deposit_needsNoRegistration() public {
        _stake(stranger, 1);
        assertEq(providers.registeredAt(stranger), 0, "registered at");
        assertEq(onus.account(stranger).active, 1, "active stake");
    }

    function testFuzz_deposit_refusesMoreThanAnAccountHolds(uint128 amount) public {
        amount = uint128(bound(amount, uint256(type(uint120).max) + 1, type(uint128).max));
        vm.expectRevert(
            abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintDowncast.selector, 120, amount)
        );
        vm.prank(provider);
        onus.deposit(amount);
        _stake(provider, type(uint120).max);
        vm.expectRevert(abi.encodeWithSignature("Panic(uint256)", 0x11));
        vm.prank(provider);
        onus.deposit(1);
        assertEq(onus.account(provider).active, type(uint120).max, "active stake");
    }

    function test_deposit_refusesTheTombstoned() public {
        _tombstone();
        vm.expectRevert(abi.encodeWithSelector(IStake.ProviderTombstoned.selector, provider));
        vm.prank(provider);
        onus.deposit(1);
    }

    function test_deposit_refusesZero() public {
        vm.expectRevert(IStake.AmountZero.selector);
        vm.prank(provider);
        onus.deposit(0);
    }

    function test_deposit_refusesWhatWasNotApproved() public {
        token.mint(provider, 5);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(onus), 0, 5)
        );
        vm.prank(provider);
        onus.deposit(5);
    }

    function testFuzz_deposit_refusesATokenThatTakesAFee(uint128 amount) public {
        amount = uint128(bound(amount, 100, type(uint120).max));
        FeeToken fee = new FeeToken();
        Onus other = _onusWith(address(fee));
        fee.mint(address(this), amount);
        fee.approve(address(other), amount);
        vm.expectRevert(
            abi.encodeWithSelector(IStake.TokenAmountMismatch.selector, amount, amount - amount / 100)
        );
        other.deposit(amount);
        assertEq(other.account(address(this)).active, 0, "active stake");
    }

    function test_deposit_ignoresDonations() public {
        token.mint(address(onus), 77);
        _stake(provider, MIN_STAKE);
        assertEq(onus.account(provider).active, MIN_STAKE, "active stake");
        assertEq(onus.thaw(provider).amount, 0, "thawing");
    }

    // depositWithPermit

    function test_depositWithPermit_needsNoApproval() public {
        Permit memory permit = _permit(50);
        _depositWithPermit(permit);
        assertEq(onus.account(permit.owner).active, 50, "active stake");
        assertEq(token.nonces(permit.owner), 1, "permits used");
    }

    function test_depositWithPermit_worksWhenSomebodyElseHasUsedThePermit() public {
        Permit memory p = _permit(50);
        vm.prank(stranger);
        token.permit(p.owner, address(onus), p.value, p.deadline, p.v, p.r, p.s);
        _depositWithPermit(p);
        assertEq(onus.account(p.owner).active, 50, "active stake");
        assertEq(token.allowance(p.owner, address(onus)), 0, "allowance");
    }

    function test_depositWithPermit_takesNothingOnABadPermit() public {
        Permit memory p = _permit(50);
        p.s = bytes32(uint256(p.s) ^ 1);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(onus), 0, 50)
        );
        _depositWithPermit(p);
    }

    function test_depositWithPermit_worksForATokenWithoutPermit() public {
        HookToken plain = new HookToken();
        Onus other = _onusWith(address(plain));
        plain.mint(address(this), 9);
        plain.approve(address(other), 9);
        other.depositWithPermit(9, START, 0, 0, 0);
        assertEq(other.account(address(this)).active, 9, "active stake");
    }

    // startThaw

    function testFuzz_startThaw_leavesTwiceWhatIsLocked(uint256 coverage, uint256 amount) public {
        coverage = bound(coverage, 1, MIN_STAKE);
        _stake(provider, 4 * MIN_STAKE);
        _attest(_receipt(coverage));
        uint256 most = 4 * MIN_STAKE - 4 * coverage;
        if (most == 0) return;
        amount = bound(amount, 1, most);
        Books memory books = _books(provider);
        books.active -= amount;
        books.thawing = amount;
        vm.expectEmit(address(onus));
        emit IStake.ThawStarted(provider, amount, uint64(START + THAW));
        _thaw(amount);
        _assertBooks(provider, books);
    }

    function testFuzz_startThaw_refusesOneUnitMore(uint256 coverage) public {
        coverage = bound(coverage, 1, MIN_STAKE);
        _stake(provider, 4 * MIN_STAKE);
        _attest(_receipt(coverage));
        uint256 amount = 4 * MIN_STAKE - 4 * coverage + 1;
        vm.expectRevert(
            abi.encodeWithSelector(IStake.StakeTooLow.selector, provider, 4 * MIN_STAKE, 4 * MIN_STAKE + 1)
        );
        _thaw(amount);
    }

    function test_startThaw_refusesZero() public {
        vm.expectRevert(IStake.AmountZero.selector);
        _thaw(0);
    }

    function test_startThaw_refusesWhoHasNoStake() public {
        vm.expectRevert(abi.encodeWithSelector(IStake.StakeTooLow.selector, stranger, 0, 1));
        vm.prank(stranger);
        onus.startThaw(1);
    }

    function test_startThaw_restartsTheClockOfTheWholeBucket() public {
        _stake(provider, MIN_STAKE);
        _thaw(10);
        vm.warp(START + 20 days);
        _thaw(5);
        assertEq(onus.thaw(provider).amount, 15, "thawing");
        assertEq(onus.thaw(provider).maturesAt, START + 20 days + THAW, "matures at");
    }

    function test_startThaw_isOpenToTheTombstoned() public {
        _tombstone();
        uint256 left = onus.account(provider).active;
        _thaw(left);
        assertEq(onus.thaw(provider).amount, left, "thawing");
    }

    // withdraw

    function test_withdraw_paysFromTheSecondOfMaturity() public {
        _stake(provider, MIN_STAKE);
        _thaw(40);
        Books memory books = _books(provider);
        books.thawing = 0;
        books.balance -= 40;
        vm.warp(START + THAW);
        vm.expectEmit(address(onus));
        emit IStake.StakeWithdrawn(provider, 40);
        _withdraw();
        _assertBooks(provider, books);
        assertEq(token.balanceOf(provider), 40, "paid");
    }

    function test_withdraw_refusesTheSecondBefore() public {
        _stake(provider, MIN_STAKE);
        _thaw(40);
        vm.warp(START + THAW - 1);
        vm.expectRevert(
            abi.encodeWithSelector(IStake.ThawNotMatured.selector, provider, uint64(START + THAW))
        );
        _withdraw();
    }

    function test_withdraw_paysOnce() public {
        _stake(provider, MIN_STAKE);
        _thaw(40);
        vm.warp(START + THAW);
        _withdraw();
        vm.expectRevert(abi.encodeWithSelector(IStake.ThawEmpty.selector, provider));
        _withdraw();
    }

    function test_withdraw_refusesWhoNeverThawed() public {
        vm.expectRevert(abi.encodeWithSelector(IStake.ThawEmpty.selector, provider));
        _withdraw();
    }

    function test_withdraw_paysTheTombstonedWhatIsLeft() public {
        _tombstone();
        uint256 left = onus.account(provider).active;
        _thaw(left);
        vm.warp(block.timestamp + THAW);
        _withdraw();
        assertEq(token.balanceOf(provider), left, "paid");
    }

    // freeze

    /// @dev As much as the receipt may cost at most beside its bond: the fourfold of the bond, or of one percent.
    function testFuzz_freeze_keepsWhatADisputeMayTake(uint256 coverage, uint256 thawing) public {
        _stake(provider, 4_000e18);
        coverage = bound(coverage, 1, 500e18);
        thawing = bound(thawing, 1, 2_000e18);
        _thaw(thawing);
        Receipt memory receipt = _receipt(coverage);
        _attest(receipt);
        uint256 base = 2 * coverage < 40e18 ? 40e18 : 2 * coverage;
        uint40 until = uint40(START + 2 days);
        vm.expectEmit(address(onus));
        emit IStake.StakeFrozen(provider, 4 * base, until);
        judge.detain(receipt, _direct(), until);
        _assertFreeze(4 * base, until);
    }

    function test_freeze_keepsNothingWhenNothingThaws() public {
        _stake(provider, 4_000e18);
        _disputed(1, 2 days);
        _assertFreeze(0, 0);
        // What begins to thaw now is there for longer than any dispute.
        _thaw(40);
        _assertFreeze(0, 0);
        assertLt(START + 14 days + judge.longestGame(), onus.thaw(provider).maturesAt, "matures at");
    }

    function test_freeze_addsUpOpenDisputesUntilTheLastIsOver() public {
        _stake(provider, 4_000e18);
        _thaw(1_000e18);
        vm.warp(START + THAW - 1 days);
        uint256 now_ = block.timestamp;
        _disputed(1, 3 days);
        _assertFreeze(160e18, now_ + 3 days);
        _disputed(30e18, 2 days);
        _assertFreeze(160e18 + 240e18, now_ + 3 days);
        _disputed(1, 5 days);
        _assertFreeze(160e18 + 240e18 + 160e18, now_ + 5 days);
        vm.warp(START + THAW);
        _withdraw();
        assertEq(token.balanceOf(provider), 440e18, "withdrawn");
        assertEq(onus.thaw(provider).amount, 560e18, "kept");
        vm.expectRevert(abi.encodeWithSelector(IStake.ThawFrozen.selector, provider, uint40(now_ + 5 days)));
        _withdraw();
        vm.warp(now_ + 5 days);
        vm.expectPartialRevert(IStake.ThawFrozen.selector);
        _withdraw();
        vm.warp(now_ + 5 days + 1);
        vm.roll(START_BLOCK + WINDOW_BLOCKS - 1);
        vm.expectPartialRevert(IStake.ThawFrozen.selector);
        _withdraw();
        vm.roll(START_BLOCK + WINDOW_BLOCKS);
        _withdraw();
        assertEq(token.balanceOf(provider), 1_000e18, "withdrawn in all");
    }

    function test_freeze_forgetsDisputesThatAreOver() public {
        _stake(provider, 4_000e18);
        _thaw(1_000e18);
        _disputed(1, 2 days);
        vm.warp(START + 2 days);
        _disputed(1, 1 days);
        _assertFreeze(320e18, START + 3 days);
        vm.warp(START + 3 days + 1);
        vm.roll(START_BLOCK + WINDOW_BLOCKS);
        _assertFreeze(0, START + 3 days);
        _disputed(1, 1 days);
        _assertFreeze(160e18, START + 4 days + 1);
    }

    /// @dev A dispute freezes once, and for as long as the receipt stays open: its window, or what prolongs it.
    function test_freeze_lastsAsLongAsTheReceiptIsOpen() public {
        _stake(provider, 4_000e18);
        _thaw(1_000e18);
        Receipt memory receipt = _receipt(1);
        receipt.challengeWindow = 14 days;
        _attest(receipt);
        judge.detain(receipt, _direct(), START + 2 days);
        _assertFreeze(160e18, START + 14 days);
        vm.warp(START + 10 days);
        judge.detain(receipt, _direct(), START + 12 days);
        _assertFreeze(160e18, START + 14 days);
        judge.detain(receipt, _direct(), START + 17 days);
        _assertFreeze(160e18, START + 17 days);
        vm.warp(START + 17 days);
        vm.roll(START_BLOCK + 1_000);
        judge.detain(receipt, _direct(), START + 25 days);
        vm.warp(START + THAW);
        _withdraw();
        assertEq(onus.thaw(provider).amount, 160e18, "kept");
    }

    function test_freeze_keepsStakeSlashableThoughItHasThawed() public {
        _stake(provider, 4_000e18);
        // What stays active is twice the bonds to come.
        _thaw(3_880e18);
        vm.warp(START + THAW - 1 hours);
        Receipt[2] memory receipts = [_disputed(15e18, 3 days), _disputed(15e18, 3 days)];
        vm.warp(START + THAW);
        _withdraw();
        // Each may cost four times one percent, which is more than its bond of 30.
        assertEq(onus.thaw(provider).amount, 320e18, "kept");
        _convictDirect(receipts[0]);
        _convictDirect(receipts[1]);
        assertEq(onus.account(provider).active, 0, "active stake");
        // The bonds, once and twice as much again, of which active stake had 120 in all.
        assertEq(onus.faultRecord(provider).slashed, 150e18, "slashed");
        assertEq(onus.thaw(provider).amount, 290e18, "left to thaw");
    }

    /// @dev Thawed is not withdrawn: what is still here can be taken, dispute or not.
    function test_thaw_staysSlashableUntilItIsWithdrawn() public {
        _stake(provider, 400e18);
        _thaw(400e18);
        vm.warp(START + THAW + 100 days);
        Receipt memory receipt = _receipt(1);
        bytes memory signature = _sign(KEY, receipt);
        onus.convictSigned(Fault.Equivocation, receipt, signature, _against(_rival(receipt)));
        assertEq(onus.thaw(provider).amount, 396e18, "thawing");
        _withdraw();
        assertEq(token.balanceOf(provider), 396e18, "withdrawn");
    }

    function test_freeze_ofOneProviderIsNotAnothers() public {
        _stake(provider, 4_000e18);
        _stake(stranger, 40);
        vm.prank(stranger);
        onus.startThaw(40);
        _thaw(1_000e18);
        vm.warp(START + THAW - 1);
        _disputed(1, 3 days);
        vm.warp(START + THAW);
        vm.prank(stranger);
        onus.withdraw();
        assertEq(token.balanceOf(stranger), 40, "withdrawn");
    }

    // capacity

    function test_capacity_isZeroBelowTheMinimumStake() public {
        _stake(provider, MIN_STAKE - 1);
        assertEq(onus.capacity(provider), 0, "below");
        _stake(provider, 1);
        assertEq(onus.capacity(provider), MIN_STAKE / 4, "at the minimum");
    }

    function test_capacity_isZeroForStrangersAndTheTombstoned() public {
        assertEq(onus.capacity(stranger), 0, "stranger");
        _tombstone();
        assertEq(onus.capacity(provider), 0, "tombstoned");
    }

    function testFuzz_capacity_isTheLargestCoverageThatCanBeAttested(uint256 stake, uint256 first) public {
        stake = bound(stake, MIN_STAKE, type(uint120).max);
        _stake(provider, stake);
        _attest(_receipt(bound(first, 1, stake / 4)));
        uint256 capacity = onus.capacity(provider);
        Receipt memory more = _receipt(capacity + 1);
        uint256 need = 2 * (onus.account(provider).locked + 2 * (capacity + 1));
        vm.expectRevert(abi.encodeWithSelector(IStake.StakeTooLow.selector, provider, stake, need));
        _attest(more);
        if (capacity == 0) return;
        _attest(_receipt(capacity));
        assertEq(onus.capacity(provider), 0, "left");
    }

    function test_capacity_isZeroWhenPunishmentHasTakenTheReserve() public {
        _stake(provider, 40 * MIN_STAKE);
        Receipt memory first = _receipt(MIN_STAKE);
        Receipt memory second = _receipt(5 * MIN_STAKE);
        _attest(first);
        _attest(second);
        _attest(_receipt(4 * MIN_STAKE));
        // Of the unreserved half the first takes a tenth, and the second asks for more than the rest.
        _convictDirect(first);
        _convictDirect(second);
        assertFalse(onus.account(provider).tombstoned, "tombstoned");
        assertEq(onus.account(provider).active, 8 * MIN_STAKE, "active stake");
        assertEq(onus.account(provider).active, onus.account(provider).locked, "all is locked");
        assertEq(onus.capacity(provider), 0, "capacity");
    }

    // tokens that misbehave

    function test_withdraw_ofABlockedRecipientBlocksNobodyElse() public {
        BlockingToken blocking = new BlockingToken();
        Onus other = _onusWith(address(blocking));
        _depositInto(other, blocking, provider);
        _depositInto(other, blocking, stranger);
        vm.warp(START + THAW);
        blocking.setBlocked(provider);
        vm.expectRevert(abi.encodeWithSelector(BlockingToken.Blocked.selector, provider));
        vm.prank(provider);
        other.withdraw();
        assertEq(other.thaw(provider).amount, 10, "still owed");
        vm.prank(stranger);
        other.withdraw();
        assertEq(blocking.balanceOf(stranger), 10, "paid");
    }

    function test_deposit_refusesADepositInsideOfADeposit() public {
        Reentrant attacker = _reentrant();
        attacker.arm(abi.encodeCall(IStake.deposit, (10)));
        vm.expectRevert(abi.encodeWithSelector(IStake.TokenAmountMismatch.selector, 10, 20));
        attacker.deposit(10);
        _assertSolvent(attacker);
    }

    function test_withdraw_paysOnceWhenItIsReentered() public {
        Reentrant attacker = _reentrant();
        attacker.deposit(30);
        attacker.thaw(30);
        vm.warp(START + THAW);
        attacker.arm(abi.encodeCall(IStake.withdraw, ()));
        uint256 before = attacker.token().balanceOf(address(attacker));
        attacker.withdraw();
        assertEq(attacker.token().balanceOf(address(attacker)), before + 30, "paid");
        assertEq(attacker.refused(), IStake.ThawEmpty.selector, "the inner call");
        _assertSolvent(attacker);
    }

    function test_deposit_gainsNothingFromAWithdrawalInside() public {
        Reentrant attacker = _reentrant();
        attacker.deposit(30);
        attacker.thaw(10);
        vm.warp(START + THAW);
        attacker.arm(abi.encodeCall(IStake.withdraw, ()));
        vm.expectRevert(abi.encodeWithSelector(IStake.TokenAmountMismatch.selector, 25, 15));
        attacker.deposit(25);
        _assertSolvent(attacker);
    }

    /// @dev A receipt that is attested and disputed for `duration`.
    function _disputed(uint256 coverage, uint256 duration) private returns (Receipt memory receipt) {
        receipt = _receipt(coverage);
        _attest(receipt);
        judge.detain(receipt, _direct(), onus.clock() + duration);
    }

    function _assertFreeze(uint256 amount, uint256 until) private view {
        IStake.Freeze memory kept = onus.freeze(provider);
        assertEq(kept.amount, amount, "frozen");
        assertEq(kept.until, until, "frozen until");
    }

    function _reentrant() private returns (Reentrant attacker) {
        HookToken hooked = new HookToken();
        Onus other = _onusWith(address(hooked));
        attacker = new Reentrant(other, hooked);
        hooked.mint(address(attacker), 1_000);
        _depositInto(other, hooked, stranger);
    }

    /// @dev What the attacker and the other depositor have in the books is there.
    function _assertSolvent(Reentrant attacker) private view {
        IStake.Account memory stake = attacker.onus().account(address(attacker));
        uint256 owed = uint256(stake.active) + attacker.onus().thaw(address(attacker)).amount;
        assertEq(attacker.token().balanceOf(address(attacker.onus())), owed + 10, "token balance");
        assertEq(attacker.token().balanceOf(address(attacker)), 1_000 - owed, "attacker's balance");
    }

    function _onusWith(address token_) private returns (Onus) {
        _modules();
        Onus.Parameters memory p = _parameters();
        p.token = IERC20(token_);
        return new Onus(p);
    }

    /// @dev Deposits 10 and thaws them.
    function _depositInto(Onus other, IMintable token_, address who) private {
        token_.mint(who, 10);
        vm.prank(who);
        IERC20(address(token_)).approve(address(other), 10);
        vm.prank(who);
        other.deposit(10);
        vm.prank(who);
        other.startThaw(10);
    }

    function _depositInto(Onus other, BlockingToken token_, address who) private {
        _depositInto(other, IMintable(address(token_)), who);
    }

    function _depositInto(Onus other, HookToken token_, address who) private {
        _depositInto(other, IMintable(address(token_)), who);
    }

    function _permit(uint256 value) private returns (Permit memory p) {
        (p.owner, p.value, p.deadline) = (vm.addr(OWNER_KEY), value, START + 1);
        token.mint(p.owner, value);
        bytes32 content = keccak256(
            abi.encode(PERMIT_TYPEHASH, p.owner, address(onus), value, uint256(0), p.deadline)
        );
        bytes32 digest = keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), content));
        (p.v, p.r, p.s) = vm.sign(OWNER_KEY, digest);
    }

    function _depositWithPermit(Permit memory p) private {
        vm.prank(p.owner);
        onus.depositWithPermit(uint128(p.value), p.deadline, p.v, p.r, p.s);
    }

    function _thaw(uint256 amount) private {
        vm.prank(provider);
        onus.startThaw(uint128(amount));
    }

    function _withdraw() private {
        vm.prank(provider);
        onus.withdraw();
    }

    /// @dev Deposits, equivocates, is convicted.
    function _tombstone() private {
        _stake(provider, MIN_STAKE);
        Receipt memory receipt = _receipt(1e18);
        bytes memory signature = _sign(KEY, receipt);
        onus.convictSigned(Fault.Equivocation, receipt, signature, _against(_rival(receipt)));
        assertTrue(onus.account(provider).tombstoned, "tombstoned");
    }
}

/// @dev What the tokens of these tests have in common.
interface IMintable {
    function mint(address to, uint256 amount) external;
}
