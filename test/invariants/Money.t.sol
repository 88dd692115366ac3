// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Onus} from "../../contracts/core/Onus.sol";
import {IConvictions} from "../../contracts/interfaces/IConvictions.sol";
import {Fault} from "../../contracts/interfaces/IFault.sol";
import {IReputation} from "../../contracts/interfaces/IReputation.sol";
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
        bytes4[15] memory known = _selectors();
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

    /// @dev What was exposed was released, taken or forgotten: no mass comes from anywhere else.
    /// hardhat-config: invariant.runs = 32
    /// hardhat-config: invariant.depth = 120
    function invariant_noMassExceedsTheExposure() public view {
        for (uint256 i; i < 3; ++i) {
            address who = _handler.providerAt(i);
            IReputation.Standing memory standing = _onus.reputation(who);
            uint256 sum = uint256(standing.mass.seasoned) + standing.mass.slashed;
            assertLe(sum, standing.mass.exposure, "seasoned and slashed mass");
            assertLe(standing.lossRatio, 1e18, "loss ratio");
        }
    }

    function _selectors() private pure returns (bytes4[15] memory) {
        return
            [
                MoneyHandler.deposit.selector,
                MoneyHandler.donate.selector,
                MoneyHandler.startThaw.selector,
                MoneyHandler.withdraw.selector,
                MoneyHandler.burn.selector,
                MoneyHandler.attest.selector,
                MoneyHandler.anchor.selector,
                MoneyHandler.contradict.selector,
                MoneyHandler.release.selector,
                MoneyHandler.convict.selector,
                MoneyHandler.convictEquivocation.selector,
                MoneyHandler.convictByPlace.selector,
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

    /// @dev An offence, as the rules call it, and what was reserved for the receipt that shows it.
    struct Offence {
        Receipt receipt;
        Fault fault;
        uint256 reserved;
        uint256 bond;
    }

    Item[] private _items;
    bytes32[] public lockIds;
    bytes32[] private _payouts;
    mapping(bytes32 payoutId => bool) private _isPayout;
    /// @dev Which fault within 90 days each offence was, by the handler's own books.
    mapping(bytes32 offenceId => uint256) private _ordinalOf;
    mapping(address provider => uint256[] dates) private _faultsAt;

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
            _keep(receipt);
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

    /// @dev Convicts an answer at once that contradicts an earlier one, which may have been convicted.
    function contradict(uint256 i, uint128 coverage) external {
        if (_items.length == 0) return;
        Receipt memory answered = _pick(i >> 3).receipt;
        Receipt memory receipt = _receipt(bound(coverage, 1, 1 + onus.capacity(answered.provider) / 4));
        _answerAgain(receipt, answered);
        vm.prank(receipt.provider);
        try onus.attest(receipt) {
            _done(this.contradict.selector);
            _keep(receipt);
            _convict(_items[_items.length - 1], Fault.WrongExecution, GUILTY, true);
        } catch {}
    }

    function release(uint256 i) external {
        if (_items.length == 0) return;
        Item memory item = _pick(i >> 3);
        bool due = !_isOpen(item) && bondOf[item.lockId] != 0;
        bool released;
        Inclusion memory inclusion = abi.decode(item.inclusion, (Inclusion));
        if (inclusion.batch.count == 0) {
            try onus.releaseReceipt(item.receipt, _direct()) {
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
        Item storage item = _pick(i >> 3);
        _convict(item, Fault.WrongExecution, guilty ? GUILTY : INNOCENT, guilty);
    }

    /// @dev Seldom, as `convictSigned`: it excludes a provider for ever.
    function convictEquivocation(uint256 i, bool guilty) external {
        if (_items.length == 0 || (guilty && i % 8 != 0)) return;
        Item storage item = _pick(i >> 3);
        Receipt memory other = guilty ? _rival(item.receipt) : item.receipt;
        // However old the receipt is: the rival is signed now.
        if (guilty) other.issuedAt = uint64(block.timestamp);
        bool provable = guilty || other.issuedAt + THAW >= block.timestamp;
        _convict(item, Fault.Equivocation, _against(other), guilty && provable);
    }

    /// @dev Two receipts of one request that both stand on the chain. Seldom, too.
    function convictByPlace(uint256 i) external {
        if (_items.length == 0 || i % 4 != 0) return;
        Item storage item = _pick(i >> 3);
        for (uint256 j; j < _items.length; ++j) {
            Item storage other = _items[j];
            if (_key(other.receipt) != _key(item.receipt)) continue;
            bool guilty = _idOf(other.receipt) != _idOf(item.receipt);
            if (!guilty && i % 32 != 0) continue;
            Inclusion memory place = abi.decode(other.inclusion, (Inclusion));
            _convict(item, Fault.Equivocation, _placed(other.receipt, place), guilty);
            if (guilty && item.paid) _done(this.convictByPlace.selector);
            return;
        }
    }

    function convictSigned(uint256 i, uint128 coverage) external {
        if (coverage % 8 != 0) return;
        Receipt memory receipt = _receiptFor(i, coverage, WINDOW);
        receipt.coverage = coverage;
        bytes memory signature = _sign(KEY, receipt);
        bytes memory evidence = _against(_rival(receipt));
        Books memory books = _books(receipt.provider);
        Offence memory offence = Offence(receipt, Fault.Equivocation, 0, 0);
        vm.prank(challenger);
        try onus.convictSigned(Fault.Equivocation, receipt, signature, evidence) {
            _done(this.convictSigned.selector);
            _check(_ordinalOf[_offenceOf(offence)] == 0, "a signed equivocation was punished twice");
            _afterConviction(offence, books);
        } catch {
            bool known = _ordinalOf[_offenceOf(offence)] != 0;
            bool excluded = onus.providerRecord(receipt.provider).tombstoned;
            _check(known || excluded, "a signed equivocation could not be convicted");
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
        uint256 reserved = 2 * uint256(item.receipt.coverage);
        Offence memory offence = Offence(item.receipt, fault, reserved, item.paid ? 0 : reserved);
        bool known = _ordinalOf[_offenceOf(offence)] != 0;
        bool due = guilty && _isOpen(item) && (offence.bond != 0 || !known);
        Books memory books = _books(who);
        Inclusion memory inclusion = abi.decode(item.inclusion, (Inclusion));
        vm.prank(challenger);
        try onus.convict(fault, item.receipt, inclusion, evidence) {
            _done(fault == Fault.Equivocation ? this.convictEquivocation.selector : this.convict.selector);
            _check(due, "a conviction without a case");
            _afterConviction(offence, books);
            if (offence.bond == 0) return;
            item.paid = true;
            bondOf[item.lockId] -= offence.bond;
            lockedOf[who] -= offence.bond;
        } catch {
            _check(!due, "a conviction was denied");
        }
    }

    /// @dev What the rules call for was taken, it is owed or burned, and nothing but this bond was reserved.
    function _afterConviction(Offence memory offence, Books memory before) private {
        Books memory books = _books(offence.receipt.provider);
        uint256 taken = books.slashed - before.slashed;
        _checkPunishment(offence, before, books, taken - offence.bond);
        _check(before.locked - books.locked == offence.bond, "another bond was touched");
        _check(before.active + before.thawing - books.active - books.thawing == taken, "stake misbooked");
        bytes32 payoutId = offence.bond != 0 ? _idOf(offence.receipt) : _offenceOf(offence);
        _check(!_isPayout[payoutId], "a payout was overwritten");
        _isPayout[payoutId] = true;
        _payouts.push(payoutId);
        IConvictions.Payout memory due = onus.payout(payoutId);
        address consumer_ = offence.receipt.consumer;
        bool nobody = consumer_ == address(0) || consumer_ == address(onus);
        _check(due.restitution == (nobody ? 0 : offence.bond / 2), "restitution is not the coverage");
        _check(books.restituted - before.restituted == due.restitution, "restitution was miscounted");
        uint256 credited = uint256(due.restitution) + due.reward;
        owed += credited;
        _check(due.reward == taken / 5, "the reward is not a fifth");
        _check(books.burnable - before.burnable == taken - credited, "the rest is not burned");
        _check(books.balance == before.balance, "a conviction moved tokens");
    }

    /// @dev Counts the fault, if it is one, and compares the punitive part with the rules.
    function _checkPunishment(
        Offence memory offence,
        Books memory before,
        Books memory books,
        uint256 punitive
    ) private {
        bytes32 id = _offenceOf(offence);
        uint256 base = offence.bond;
        uint256 ordinal = _ordinalOf[id];
        _check(books.faults - before.faults == (ordinal == 0 ? 1 : 0), "faults were miscounted");
        if (ordinal == 0) {
            uint256 percent = (before.active + before.thawing) / 100;
            base = offence.reserved < percent ? percent : offence.reserved;
            ordinal = _nextOrdinal(offence.receipt.provider);
            _ordinalOf[id] = ordinal;
            _faultsAt[offence.receipt.provider].push(block.timestamp);
        }
        uint256 asked = base * 2 ** (ordinal - 1);
        uint256 unreserved = before.active + before.thawing - before.locked;
        _check(punitive == (asked < unreserved ? asked : unreserved), "another punishment than is due");
        uint256 faults = onus.faultsOf(onus.requestKeyOf(offence.receipt));
        _check((faults >> (8 * uint256(offence.fault))) & 0xff == ordinal, "the ordinal was misbooked");
    }

    /// @dev One more than the faults of the last 90 days, and three at most.
    function _nextOrdinal(address who) private view returns (uint256 ordinal) {
        uint256[] storage dates = _faultsAt[who];
        ordinal = 1;
        for (uint256 i; i < dates.length && ordinal < 3; ++i) {
            if (dates[i] + 90 days > block.timestamp) ++ordinal;
        }
    }

    function _key(Receipt memory receipt) private pure returns (bytes32) {
        return keccak256(abi.encode(receipt.provider, receipt.consumer, receipt.requestId));
    }

    function _offenceOf(Offence memory offence) private pure returns (bytes32) {
        return keccak256(abi.encode(_key(offence.receipt), offence.fault));
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
        // Or owe nobody anything.
        if (i % 7 == 0) receipt.consumer = address(0);
        if (i % 11 == 0) receipt.consumer = address(onus);
        if (i % 4 == 0 && _items.length != 0) _answerAgain(receipt, _pick(i >> 2).receipt);
    }

    function _answerAgain(Receipt memory receipt, Receipt memory answered) private pure {
        (receipt.requestId, receipt.consumer) = (answered.requestId, answered.consumer);
        receipt.provider = answered.provider;
    }

    /// @dev Often one of the last, whose window is open.
    function _pick(uint256 i) private view returns (Item storage) {
        uint256 count = _items.length;
        uint256 among = i % 4 == 0 || count < 6 ? count : 6;
        return _items[count - 1 - ((i >> 2) % among)];
    }

    /// @dev Books a receipt that was attested directly.
    function _keep(Receipt memory receipt) private {
        bytes32 lockId = _idOf(receipt);
        _book(receipt.provider, lockId, 2 * uint256(receipt.coverage));
        _items.push(Item(receipt, abi.encode(_direct()), lockId, block.timestamp, block.number, false));
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
