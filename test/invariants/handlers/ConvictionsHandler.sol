// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IConvictions} from "../../../contracts/interfaces/IConvictions.sol";
import {Fault} from "../../../contracts/interfaces/IFault.sol";
import {Inclusion} from "../../../contracts/types/Batch.sol";
import {Receipt} from "../../../contracts/types/Receipt.sol";
import {ReceiptId} from "../../../contracts/types/ReceiptId.sol";
import {PayoutsHandler} from "./PayoutsHandler.sol";

/// @title ConvictionsHandler
/// @notice Shows faults that are some and faults that are none, with and without collateral, again and in a hurry.
abstract contract ConvictionsHandler is PayoutsHandler {
    /// @dev A fault that somebody shows, as the rules see it.
    struct Case {
        Receipt receipt;
        Fault fault;
        bytes32 receiptId;
        /// Zero without collateral, as all that follows.
        bytes32 lockId;
        uint256 reserved;
        uint256 bond;
        uint256 escrow;
        address challenger;
        /// From when on its claim counts.
        uint256 since;
        /// The fault is proven, and the registry may look at it.
        bool proven;
    }

    /// @dev Evidence that a challenger has committed to.
    struct Commitment {
        uint256 item;
        address challenger;
        bytes evidence;
        uint256 issuedAt;
        uint256 since;
    }

    Commitment[] private _commitments;
    /// @dev Which fault within 90 days each offence was.
    mapping(bytes32 offenceId => uint256) internal _ordinals;
    mapping(address provider => uint256[] dates) private _faultsAt;

    /// @notice A wrong execution: guilty or not, a bad proof, known now or before.
    function convict(uint256 seed) external drawing(seed) often(2) {
        if (_items.length == 0) return;
        Item memory item = _someItem();
        bool guilty = !_oneIn(4);
        uint256 since = block.timestamp - _next(15 minutes);
        bytes memory evidence =
            guilty
                ? abi.encode(true, since)
                : _oneIn(2)
                    ? INNOCENT
                    : bytes("");
        if (guilty && _oneIn(2)) (since, evidence) = (block.timestamp, GUILTY);
        _convict(_caseOf(item, Fault.WrongExecution, _someChallenger(), since, guilty), item, evidence);
    }

    /// @notice Somebody commits to a rival receipt, signed for it by the provider or not.
    function commit(uint256 seed) external drawing(seed) {
        if (_items.length == 0) return;
        uint256 index = _recent(_items.length);
        Receipt memory rival = _rival(_items[index].receipt);
        rival.issuedAt = uint64(block.timestamp);
        address who = _someChallenger();
        bytes memory evidence = _against(rival);
        bytes32 hash = equivocation.commitmentTo(ReceiptId.wrap(_items[index].receiptId), who, evidence);
        bool due = equivocation.committedAt(hash) == 0;
        bytes memory data = abi.encodeCall(equivocation.commit, (hash));
        if (!_act(who, address(equivocation), 0, data, due, "I19 a commitment")) return;
        _commitments.push(Commitment(index, who, evidence, block.timestamp, block.timestamp));
    }

    /// @notice Two signatures; seldom, as it excludes a provider for ever.
    function convictEquivocation(uint256 seed) external drawing(seed) {
        if (_items.length == 0 || _oneIn(2)) return;
        if (_commitments.length != 0 && _oneIn(2)) return _convictAsCommitted();
        Item memory item = _someItem();
        bool guilty = _oneIn(2);
        Receipt memory other = guilty ? _rival(item.receipt) : item.receipt;
        if (guilty) other.issuedAt = uint64(block.timestamp);
        Key memory key = _someKey(other.provider);
        bool proven = guilty && _proves(key, other);
        Case memory c = _caseOf(item, Fault.Equivocation, _someChallenger(), block.timestamp, proven);
        _convict(c, item, abi.encode(other, _sign(key.secret, other), _direct()));
    }

    /// @notice Two receipts for one request that both stand on the chain.
    function convictByPlace(uint256 seed) external drawing(seed) often(3) {
        if (_items.length == 0) return;
        Item memory item = _someItem();
        bool alone = _oneIn(8);
        for (uint256 i; i < _items.length; ++i) {
            Item memory other = _items[i];
            if (_key(other.receipt) != _key(item.receipt)) continue;
            bool proven = other.receiptId != item.receiptId;
            if (proven == alone) continue;
            Case memory c = _caseOf(item, Fault.Equivocation, _someChallenger(), block.timestamp, proven);
            _convict(c, item, abi.encode(other.receipt, "", abi.decode(other.inclusion, (Inclusion))));
            return;
        }
    }

    /// @notice Two signatures and no collateral, for a receipt that was made up or one that is anchored.
    function convictSigned(uint256 seed) external drawing(seed) {
        if (!_oneIn(4)) return;
        Receipt memory receipt =
            _oneIn(2) && _items.length != 0 ? _someItem().receipt : _newReceipt(_someProvider());
        Receipt memory other = _oneIn(4) ? receipt : _rival(receipt);
        other.issuedAt = uint64(block.timestamp);
        Key memory key = _someKey(receipt.provider);
        Key memory second = _someKey(receipt.provider);
        if (_isBorderline(receipt)) return;
        Case memory c = _signedCase(receipt, Fault.Equivocation, _someChallenger());
        c.proven = _proves(key, receipt) && _proves(second, other) && _idOf(other) != c.receiptId;
        bytes memory evidence = abi.encode(other, _sign(second.secret, other), _direct());
        _convictSigned(c, _sign(key.secret, receipt), evidence);
    }

    /// @notice Faults that are shown the wrong way: one that needs collateral without, and the other way round.
    function convictWrongly(uint256 seed) external drawing(seed) {
        if (_items.length == 0) return;
        Item memory item = _someItem();
        Inclusion memory place = abi.decode(item.inclusion, (Inclusion));
        bytes memory data = abi.encodeCall(onus.convict, (Fault.Omission, item.receipt, place, GUILTY));
        _act(challenger, data, false, "an omission of an anchored receipt");
        bytes memory signature = _sign(KEY, item.receipt);
        data = abi.encodeCall(onus.convictSigned, (Fault.WrongExecution, item.receipt, signature, GUILTY));
        _act(challenger, data, false, "a wrong execution without collateral");
    }

    function _signedCase(
        Receipt memory receipt,
        Fault fault,
        address who
    ) internal view returns (Case memory c) {
        (c.receipt, c.fault, c.receiptId, c.challenger) = (receipt, fault, _idOf(receipt), who);
        (c.escrow, c.since) = (uint256(_now.escrow) * 1 minutes, block.timestamp);
    }

    function _convictSigned(
        Case memory c,
        bytes memory signature,
        bytes memory evidence
    ) internal returns (bool) {
        bytes memory data = abi.encodeCall(
            IConvictions.convictSigned,
            (c.fault, c.receipt, signature, evidence)
        );
        return _show(c, data);
    }

    function _offenceOf(Case memory c) internal pure returns (bytes32) {
        return keccak256(abi.encode(_key(c.receipt), c.fault));
    }

    function _key(Receipt memory receipt) internal pure returns (bytes32) {
        return keccak256(abi.encode(receipt.provider, receipt.consumer, receipt.requestId));
    }

    function _convictAsCommitted() private {
        Commitment memory made = _commitments[_recent(_commitments.length)];
        Item memory item = _items[made.item];
        Receipt memory rival = _rival(item.receipt);
        rival.issuedAt = uint64(made.issuedAt);
        if (_isBorderline(rival)) return;
        // Sometimes somebody else copies it: the commitment is not theirs.
        address who = _oneIn(3) ? _someChallenger() : made.challenger;
        bool counts = who == made.challenger && block.timestamp <= made.since + 15 minutes;
        uint256 since = counts ? made.since : block.timestamp;
        Key memory key = Key(KEY, 0, KEY_UNTIL, 3);
        Case memory c = _caseOf(item, Fault.Equivocation, who, since, _proves(key, rival));
        _convict(c, item, made.evidence);
    }

    function _caseOf(
        Item memory item,
        Fault fault,
        address who,
        uint256 since,
        bool guilty
    ) private view returns (Case memory c) {
        Anchor memory lock = _anchors[_lockOf(item)];
        (c.receipt, c.fault, c.receiptId) = (item.receipt, fault, item.receiptId);
        (c.lockId, c.escrow) = (_lockOf(item), lock.escrow);
        c.reserved = 2 * uint256(item.receipt.coverage);
        c.bond = _isTaken[item.receiptId] ? 0 : c.reserved;
        (c.challenger, c.since, c.proven) = (who, since, guilty && _isOpen(lock));
    }

    function _convict(Case memory c, Item memory item, bytes memory evidence) private {
        Inclusion memory place = abi.decode(item.inclusion, (Inclusion));
        _show(c, abi.encodeCall(IConvictions.convict, (c.fault, c.receipt, place, evidence)));
    }

    /// @dev A first time, a further bond, or a reward that somebody was earlier for.
    function _show(Case memory c, bytes memory data) private returns (bool done) {
        bool again = _ordinals[_offenceOf(c)] != 0 && c.bond == 0;
        Due storage paid = _dues[_recordOf(c)];
        bool due = c.proven && (again || !_isStopped());
        if (again) due = due && _isMovable(paid) && c.since < paid.since;
        else if (c.lockId == 0) due = due && !_ledger[c.receipt.provider].tombstoned;
        done = _act(c.challenger, data, due, again ? "I19 an earlier claim" : "I12 a conviction");
        if (!done) return done;
        if (again) (paid.challenger, paid.since) = (c.challenger, c.since);
        else _punish(c);
    }

    function _punish(Case memory c) private {
        bytes32 offence = _offenceOf(c);
        Ledger storage ledger = _ledger[c.receipt.provider];
        uint256 base = c.bond;
        if (_ordinals[offence] == 0) {
            base = _punitiveBase(c.receipt.provider, c.reserved);
            _ordinals[offence] = _nextOrdinal(c.receipt.provider);
            _faultsAt[c.receipt.provider].push(block.timestamp);
            ++ledger.faults;
            if (c.fault == Fault.Equivocation || _ordinals[offence] == 3) ledger.tombstoned = true;
        }
        uint256 punitive = _seize(ledger, c.bond, base * 2 ** (_ordinals[offence] - 1));
        if (c.bond != 0) {
            _isTaken[c.receiptId] = true;
            _anchors[c.lockId].bond -= c.bond;
        }
        bytes32 payoutId = c.bond != 0 ? c.receiptId : offence;
        _bookPayout(payoutId, c, punitive);
    }

    function _bookPayout(bytes32 id, Case memory c, uint256 punitive) private {
        Due storage due = _dues[id];
        (due.receipt, due.fault, due.challenger, due.since) = (c.receipt, c.fault, c.challenger, c.since);
        _bookPayout(id, c.bond, punitive);
        due.maturesAt = ghostClock() + c.escrow;
    }

    /// @dev The bond, and of what is not reserved as much as is asked for: what is active first.
    function _seize(Ledger storage ledger, uint256 bond, uint256 asked) private returns (uint256 taken) {
        uint256 free = ledger.active - ledger.locked;
        uint256 fromActive = asked < free ? asked : free;
        uint256 rest = asked - fromActive;
        uint256 fromThaw = rest < ledger.thawing ? rest : ledger.thawing;
        ledger.active -= bond + fromActive;
        ledger.locked -= bond;
        ledger.thawing -= fromThaw;
        taken = fromActive + fromThaw;
        ledger.slashed += bond + taken;
    }

    /// @dev One more than the faults of the last 90 days, and three at most.
    function _nextOrdinal(address who) private view returns (uint256 ordinal) {
        uint256[] storage dates = _faultsAt[who];
        ordinal = 1;
        for (uint256 i; i < dates.length && ordinal < 3; ++i) {
            if (dates[i] + 90 days > block.timestamp) ++ordinal;
        }
    }

    /// @dev Where the reward of the offence is: with the bond that it took, or by itself.
    function _recordOf(Case memory c) private view returns (bytes32) {
        Due storage own = _dues[c.receiptId];
        bool others = own.maturesAt != 0 && own.challenger != c.challenger;
        return others && own.fault == c.fault ? c.receiptId : _offenceOf(c);
    }
}
