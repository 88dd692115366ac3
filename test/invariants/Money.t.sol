// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Onus} from "../../contracts/core/Onus.sol";
import {IConvictions} from "../../contracts/interfaces/IConvictions.sol";
import {Fault} from "../../contracts/interfaces/IFault.sol";
import {IStake} from "../../contracts/interfaces/IStake.sol";
import {DemoToken} from "../../contracts/mocks/DemoToken.sol";
import {Inclusion} from "../../contracts/types/Batch.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {OnusTest} from "../helpers/OnusTest.sol";
import {Test} from "../helpers/Vm.sol";

contract MoneyInvariantTest is Test {
    struct FuzzSelector {
        address addr;
        bytes4[] selectors;
    }

    MoneyHandler private _handler;
    Onus private _onus;
    DemoToken private _token;

    function setUp() public {
        _handler = new MoneyHandler();
        _handler.setUp();
        _onus = _handler.registry();
        _token = DemoToken(address(_onus.token()));
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(_handler);
    }

    function targetSelectors() public view returns (FuzzSelector[] memory targets) {
        bytes4[13] memory known = _selectors();
        bytes4[] memory selectors = new bytes4[](known.length);
        for (uint256 i; i < known.length; ++i) selectors[i] = known[i];
        targets = new FuzzSelector[](1);
        targets[0] = FuzzSelector(address(_handler), selectors);
    }

    /// hardhat-config: invariant.runs = 32
    /// hardhat-config: invariant.depth = 120
    function invariant_lockedStakeIsTheSumOfTheOpenBonds() public view {
        for (uint256 i; i < 3; ++i) {
            address who = _handler.providerAt(i);
            assertEq(_onus.account(who).locked, _handler.lockedOf(who), "locked stake");
        }
        for (uint256 i; i < _handler.lockCount(); ++i) {
            bytes32 lockId = _handler.lockIds(i);
            assertEq(_onus.lockOf(lockId).bond, _handler.bondOf(lockId), "bond");
        }
    }

    /// hardhat-config: invariant.runs = 32
    /// hardhat-config: invariant.depth = 120
    function invariant_everyTokenIsSomebodys() public view {
        uint256 sum = _handler.owed() + _onus.burnable() + _handler.donated();
        for (uint256 i; i < 3; ++i) {
            IStake.Account memory stake = _onus.account(_handler.providerAt(i));
            assertLe(stake.locked, stake.active, "locked stake");
            sum += uint256(stake.active) + _onus.thaw(_handler.providerAt(i)).amount;
        }
        assertEq(_token.balanceOf(address(_onus)), sum, "token balance");
    }

    /// hardhat-config: invariant.runs = 32
    /// hardhat-config: invariant.depth = 120
    function invariant_nothingForbiddenHappensAndNothingDueIsDenied() public view {
        assertEq(_handler.violation(), "", "violation");
    }

    function _selectors() private pure returns (bytes4[13] memory) {
        return
            [
                MoneyHandler.deposit.selector,
                MoneyHandler.donate.selector,
                MoneyHandler.startThaw.selector,
                MoneyHandler.withdraw.selector,
                MoneyHandler.burn.selector,
                MoneyHandler.attest.selector,
                MoneyHandler.anchor.selector,
                MoneyHandler.release.selector,
                MoneyHandler.convict.selector,
                MoneyHandler.convictEquivocation.selector,
                MoneyHandler.convictSigned.selector,
                MoneyHandler.claim.selector,
                MoneyHandler.pass.selector
            ];
    }
}

/// @dev Does what providers, consumers, challengers and strangers may try, allowed or not, and keeps books
/// of its own. `violation` says what happened that must not.
contract MoneyHandler is OnusTest {
    uint256 internal constant PROVIDERS = 3;

    /// @dev One receipt with collateral, by itself or in a batch of three.
    struct Item {
        Receipt receipt;
        /// `abi.encode(Inclusion)`.
        bytes inclusion;
        bytes32 lockId;
        uint256 since;
        uint256 sinceBlock;
        bool paid;
    }

    /// @notice The first thing that happened and must not, or nothing.
    string public violation;
    /// @notice Tokens that were sent to the registry without a deposit.
    uint256 public donated;
    /// @notice Payouts that were booked and not yet claimed.
    uint256 public owed;
    /// @notice What must still be reserved under a lock, by the handler's own books.
    mapping(bytes32 lockId => uint256) public bondOf;
    /// @notice What must be reserved of a provider, by the handler's own books.
    mapping(address provider => uint256) public lockedOf;
    /// @notice How often something succeeded: a campaign in which nothing does proves nothing.
    mapping(bytes4 selector => uint256) public successes;

    Item[] private _items;
    bytes32[] public lockIds;
    bytes32[] private _payouts;
    mapping(bytes32 payoutId => bool) private _isPayout;

    function setUp() public override {
        super.setUp();
        for (uint256 i; i < PROVIDERS; ++i) {
            address who = providerAt(i);
            if (who != provider) _register(who);
            _stake(who, (10 ** i) * MIN_STAKE);
            if (who == provider) continue;
            vm.prank(who);
            onus.addKey(vm.addr(KEY), KEY_UNTIL);
        }
    }

    function providerAt(uint256 i) public view returns (address) {
        return address(uint160(provider) + uint160(i % PROVIDERS));
    }

    function registry() external view returns (Onus) {
        return onus;
    }

    function lockCount() external view returns (uint256) {
        return lockIds.length;
    }

    // money in and out

    function deposit(uint256 i, uint128 amount) external {
        address who = providerAt(i);
        if (amount % 8 != 0) amount = uint128(bound(amount, 0, 1_000 * MIN_STAKE));
        token.mint(who, amount);
        vm.prank(who);
        token.approve(address(onus), amount);
        uint256 active = onus.account(who).active;
        bool tombstoned = onus.providerRecord(who).tombstoned;
        vm.prank(who);
        try onus.deposit(amount) {
            _done(this.deposit.selector);
            _check(!tombstoned, "the tombstoned deposited");
            _check(onus.account(who).active == active + amount, "a deposit was misbooked");
        } catch {
            // The only other reason is a stake beyond 128 bits.
            bool refusable = tombstoned || amount == 0 || active + amount > type(uint128).max;
            _check(refusable, "a deposit was refused");
        }
    }

    function donate(uint64 amount) external {
        token.mint(address(onus), amount);
        donated += amount;
    }

    function startThaw(uint256 i, uint128 amount) external {
        address who = providerAt(i);
        IStake.Account memory stake = onus.account(who);
        if (amount % 4 != 0) amount = uint128(bound(amount, 0, stake.active));
        bool allowed = amount != 0 && 2 * uint256(stake.locked) + amount <= stake.active;
        vm.prank(who);
        try onus.startThaw(amount) {
            _done(this.startThaw.selector);
            _check(allowed, "reserved stake was thawed");
            _checkReserve(who);
            _check(onus.thaw(who).maturesAt == block.timestamp + THAW, "the clock did not restart");
        } catch {
            _check(!allowed, "a thaw was refused");
        }
    }

    function withdraw(uint256 i) external {
        address who = providerAt(i);
        IStake.Thaw memory bucket = onus.thaw(who);
        bool due = bucket.amount != 0 && block.timestamp >= bucket.maturesAt;
        uint256 balance = token.balanceOf(who);
        vm.prank(who);
        try onus.withdraw() {
            _done(this.withdraw.selector);
            _check(due, "stake left before it was thawed");
            _check(token.balanceOf(who) == balance + bucket.amount, "a withdrawal was mispaid");
            _check(onus.thaw(who).amount == 0, "the bucket was not emptied");
        } catch {
            _check(!due, "a withdrawal was refused");
        }
    }

    function burn() external {
        uint256 amount = onus.burnable();
        try onus.burn() {
            _done(this.burn.selector);
            _check(amount != 0 && onus.burnable() == 0, "burning misbooked");
        } catch {
            _check(amount == 0, "burning was refused");
        }
    }

    // receipts

    function attest(uint256 i, uint128 coverage, uint32 window) external {
        Receipt memory receipt = _receiptFor(i, coverage, window);
        vm.prank(receipt.provider);
        try onus.attest(receipt) {
            _done(this.attest.selector);
            bytes32 lockId = _idOf(receipt);
            _book(receipt.provider, lockId, 2 * uint256(receipt.coverage));
            _items.push(Item(receipt, abi.encode(_direct()), lockId, block.timestamp, block.number, false));
        } catch {}
    }

    function anchor(uint256 i, uint128 coverage, uint32 window) external {
        Receipt[] memory receipts = new Receipt[](3);
        for (uint256 j; j < 3; ++j) {
            receipts[j] = _receiptFor(i, coverage / uint128(1 + j), window);
            receipts[j].challengeWindow = receipts[0].challengeWindow;
            // Three that fit one by one seldom fit together.
            if (coverage % 4 != 0) receipts[j].coverage /= 3;
        }
        Inclusion memory inclusion = _inclusion(receipts, 0);
        vm.prank(receipts[0].provider);
        try onus.anchor(inclusion.batch) {
            _done(this.anchor.selector);
            bytes32 lockId = _idOf(inclusion.batch);
            _book(receipts[0].provider, lockId, 2 * uint256(inclusion.batch.coverage));
            for (uint256 j; j < 3; ++j) {
                bytes memory place = abi.encode(_inclusion(receipts, j));
                _items.push(Item(receipts[j], place, lockId, block.timestamp, block.number, false));
            }
        } catch {}
    }

    function release(uint256 i) external {
        if (_items.length == 0) return;
        Item memory item = _items[(i >> 3) % _items.length];
        bool due = !_isOpen(item) && bondOf[item.lockId] != 0;
        bool released;
        Inclusion memory inclusion = abi.decode(item.inclusion, (Inclusion));
        if (inclusion.batch.count == 0) {
            try onus.releaseReceipt(item.receipt) {
                released = true;
            } catch {}
        } else {
            try onus.releaseBatch(inclusion.batch) {
                released = true;
            } catch {}
        }
        _check(released == due, due ? "a release was refused" : "a bond was released twice or too early");
        if (!released) return;
        _done(this.release.selector);
        lockedOf[item.receipt.provider] -= bondOf[item.lockId];
        bondOf[item.lockId] = 0;
    }

    // convictions

    function convict(uint256 i, bool guilty) external {
        if (_items.length == 0) return;
        Item storage item = _items[(i >> 3) % _items.length];
        _convict(item, Fault.WrongExecution, guilty ? GUILTY : INNOCENT, guilty);
    }

    /// @dev Seldom, as `convictSigned`: it excludes a provider for ever.
    function convictEquivocation(uint256 i, bool guilty) external {
        if (_items.length == 0 || (guilty && i % 8 != 0)) return;
        Item storage item = _items[(i >> 3) % _items.length];
        Receipt memory other = guilty ? _rival(item.receipt) : item.receipt;
        // However old the receipt is: the rival is signed now.
        if (guilty) other.issuedAt = uint64(block.timestamp);
        bool provable = guilty || other.issuedAt + THAW >= block.timestamp;
        _convict(item, Fault.Equivocation, _against(other), guilty && provable);
    }

    function convictSigned(uint256 i, uint128 coverage) external {
        if (coverage % 8 != 0) return;
        Receipt memory receipt = _receiptFor(i, coverage, WINDOW);
        receipt.coverage = coverage;
        bytes memory signature = _sign(KEY, receipt);
        bytes memory evidence = _against(_rival(receipt));
        Books memory books = _books(receipt.provider);
        vm.prank(challenger);
        try onus.convictSigned(Fault.Equivocation, receipt, signature, evidence) {
            _done(this.convictSigned.selector);
            bytes32 key = keccak256(abi.encode(receipt.provider, receipt.consumer, receipt.requestId));
            _afterConviction(receipt.provider, keccak256(abi.encode(key, Fault.Equivocation)), 0, books);
        } catch {
            bool known = onus.faultsOf(onus.requestKeyOf(receipt)) & 1 == 1;
            _check(known, "a signed equivocation could not be convicted");
        }
    }

    function claim(uint256 i, bool reward) external {
        if (_payouts.length == 0) return;
        bytes32 id = _payouts[i % _payouts.length];
        IConvictions.Payout memory payout_ = onus.payout(id);
        address to = reward ? payout_.challenger : payout_.consumer;
        uint256 amount = reward ? payout_.reward : payout_.restitution;
        uint256 balance = token.balanceOf(to);
        if (_tryClaim(id, reward)) {
            _done(this.claim.selector);
            _check(amount != 0 && block.timestamp >= payout_.maturesAt, "a payout left too early or twice");
            _check(token.balanceOf(to) == balance + amount, "a payout was mispaid");
            payout_ = onus.payout(id);
            _check((reward ? payout_.reward : payout_.restitution) == 0, "a payout can leave again");
            owed -= amount;
        } else {
            _check(amount == 0 || block.timestamp < payout_.maturesAt, "a payout was refused");
        }
    }

    // time

    function pass(uint256 time, uint256 blocks) external {
        uint256 most = time % 3 == 0 ? 45 days : 2 hours;
        vm.warp(block.timestamp + bound(time >> 3, 0, most));
        vm.roll(block.number + bound(blocks, 0, 2 * WINDOW_BLOCKS));
    }

    function _convict(Item storage item, Fault fault, bytes memory evidence, bool guilty) private {
        address who = item.receipt.provider;
        bytes32 key = keccak256(abi.encode(who, item.receipt.consumer, item.receipt.requestId));
        uint256 bond = item.paid ? 0 : 2 * uint256(item.receipt.coverage);
        bool known = (onus.faultsOf(onus.requestKeyOf(item.receipt)) >> uint256(fault)) & 1 == 1;
        bool due = guilty && _isOpen(item) && (bond != 0 || !known);
        Books memory books = _books(who);
        Inclusion memory inclusion = abi.decode(item.inclusion, (Inclusion));
        vm.prank(challenger);
        try onus.convict(fault, item.receipt, inclusion, evidence) {
            _done(fault == Fault.Equivocation ? this.convictEquivocation.selector : this.convict.selector);
            _check(due, "a conviction without a case");
            bytes32 payoutId = bond != 0 ? _idOf(item.receipt) : keccak256(abi.encode(key, fault));
            _afterConviction(who, payoutId, bond, books);
            _check(onus.payout(payoutId).restitution * 2 == bond, "restitution is not the coverage");
            if (bond == 0) return;
            item.paid = true;
            bondOf[item.lockId] -= bond;
            lockedOf[who] -= bond;
        } catch {
            _check(!due, "a conviction was denied");
        }
    }

    /// @dev What was taken is owed or burned, and nothing but this bond was reserved.
    function _afterConviction(address who, bytes32 payoutId, uint256 bond, Books memory before) private {
        Books memory books = _books(who);
        uint256 taken = books.slashed - before.slashed;
        _check(before.locked - books.locked == bond, "another bond was touched");
        _check(before.active + before.thawing - books.active - books.thawing == taken, "stake misbooked");
        _check(!_isPayout[payoutId], "a payout was overwritten");
        _isPayout[payoutId] = true;
        _payouts.push(payoutId);
        IConvictions.Payout memory due = onus.payout(payoutId);
        uint256 credited = uint256(due.restitution) + due.reward;
        owed += credited;
        _check(due.reward == taken / 5, "the reward is not a fifth");
        _check(books.burnable - before.burnable == taken - credited, "the rest is not burned");
        _check(books.balance == before.balance, "a conviction moved tokens");
    }

    function _tryClaim(bytes32 id, bool reward) private returns (bool) {
        if (reward) {
            try onus.claimReward(id) {
                return true;
            } catch {
                return false;
            }
        }
        try onus.claimRestitution(id) {
            return true;
        } catch {
            return false;
        }
    }

    function _receiptFor(
        uint256 i,
        uint128 coverage,
        uint32 window
    ) private returns (Receipt memory receipt) {
        address who = providerAt(i);
        // Mostly what fits, sometimes anything.
        bool wild = coverage % 8 == 0;
        uint256 capacity = onus.capacity(who);
        receipt = _receipt(wild ? coverage : bound(coverage, 0, capacity));
        receipt.provider = who;
        receipt.challengeWindow = wild ? window : uint32(bound(window, 10 minutes, 2 hours));
        // A provider may be its own consumer, and answer a request that was answered before.
        if (i % 5 == 0) receipt.consumer = who;
        if (i % 4 == 0 && _items.length != 0) receipt.requestId = _items[0].receipt.requestId;
    }

    function _book(address who, bytes32 lockId, uint256 bond) private {
        _check(!onus.providerRecord(who).tombstoned, "the tombstoned reserved a bond");
        _check(onus.account(who).active >= MIN_STAKE, "a bond below the minimum stake");
        _checkReserve(who);
        bondOf[lockId] = bond;
        lockedOf[who] += bond;
        lockIds.push(lockId);
    }

    function _checkReserve(address who) private {
        IStake.Account memory stake = onus.account(who);
        _check(2 * uint256(stake.locked) <= stake.active, "more than half is reserved");
    }

    function _isOpen(Item memory item) private view returns (bool) {
        return
            block.timestamp <= item.since + item.receipt.challengeWindow ||
            block.number < item.sinceBlock + WINDOW_BLOCKS;
    }

    function _done(bytes4 selector) private {
        ++successes[selector];
    }

    function _check(bool held, string memory what) private {
        if (!held && bytes(violation).length == 0) violation = what;
    }
}
