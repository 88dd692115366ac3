// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Fault} from "../../../contracts/interfaces/IFault.sol";
import {IGovernance} from "../../../contracts/interfaces/IGovernance.sol";
import {Receipt} from "../../../contracts/types/Receipt.sol";
import {ReceiptsHandler} from "./ReceiptsHandler.sol";

/// @title PayoutsHandler
/// @notice Claims, burns and returns what was taken, with books of every part.
abstract contract PayoutsHandler is ReceiptsHandler {
    /// @dev What one conviction took, part by part; a part is zero once it left.
    struct Due {
        Receipt receipt;
        Fault fault;
        address challenger;
        uint256 since;
        /// On the registry's clock.
        uint256 maturesAt;
        uint256 taken;
        uint256 restitution;
        uint256 reward;
        uint256 burnable;
        bool returned;
    }

    /// @notice Everything that was taken and has neither left nor been given back.
    uint256 public owed;
    bytes32[] internal _payoutIds;
    mapping(bytes32 payoutId => Due) internal _dues;

    function claimRestitution(uint256 seed) external drawing(seed) often(3) {
        if (_payoutIds.length == 0) return;
        Receipt memory receipt = _oneIn(8) && _items.length != 0 ? _someItem().receipt : _someDue().receipt;
        Due storage due = _dues[_idOf(receipt)];
        uint256 amount = due.restitution;
        uint256 balance = token.balanceOf(receipt.consumer);
        bytes memory data = abi.encodeCall(onus.claimRestitution, (receipt));
        if (!_act(stranger, data, _isPayable(due, amount), "I12 a restitution")) return;
        due.restitution = 0;
        owed -= amount;
        _ledger[receipt.provider].restituted += amount;
        _check(amount == receipt.coverage, "I10 restitution is not the coverage");
        _check(token.balanceOf(receipt.consumer) == balance + amount, "I10 a restitution was mispaid");
    }

    function claimReward(uint256 seed) external drawing(seed) often(3) {
        bytes32 id = _somePayoutId();
        Due storage due = _dues[id];
        uint256 amount = due.reward;
        uint256 balance = token.balanceOf(due.challenger);
        bytes memory data = abi.encodeCall(onus.claimReward, (id));
        if (!_act(stranger, data, _isPayable(due, amount), "I12 a reward")) return;
        due.reward = 0;
        owed -= amount;
        _check(token.balanceOf(due.challenger) == balance + amount, "I19 a reward was mispaid");
    }

    function burn(uint256 seed) external drawing(seed) often(3) {
        bytes32 id = _somePayoutId();
        Due storage due = _dues[id];
        uint256 amount = due.burnable;
        uint256 burned = token.balanceOf(BURN_ADDRESS);
        bytes memory data = abi.encodeCall(onus.burn, (id));
        if (!_act(stranger, data, _isPayable(due, amount), "I12 a burn")) return;
        due.burnable = 0;
        owed -= amount;
        _check(token.balanceOf(BURN_ADDRESS) == burned + amount, "I7 a burn was mispaid");
    }

    /// @notice Governance gives back, of the right receipt or another, in time or late, and strangers try.
    function returnPayout(uint256 seed) external drawing(seed) {
        if (_payoutIds.length == 0 || _oneIn(2)) return;
        bytes32 id = _somePayoutId();
        Due storage due = _dues[id];
        bool right = !_oneIn(4);
        Receipt memory receipt = right ? due.receipt : _receipt(1);
        address sender = _oneIn(4) ? governor : guardian;
        bool may = right && sender == guardian && _isMovable(due);
        bytes memory data = abi.encodeCall(IGovernance.returnPayout, (id, receipt));
        // What was taken need not fit any more if the provider deposited all that an account holds meanwhile.
        may = may && _ledger[receipt.provider].active + due.taken < 2 ** 120;
        if (!_act(sender, address(governance), 0, data, may, "a return")) return;
        (due.returned, due.restitution, due.reward, due.burnable) = (true, 0, 0, 0);
        owed -= due.taken;
        _ledger[receipt.provider].active += due.taken;
    }

    function payoutCount() external view returns (uint256) {
        return _payoutIds.length;
    }

    function payoutAt(uint256 i) external view returns (bytes32, Due memory) {
        return (_payoutIds[i], _dues[_payoutIds[i]]);
    }

    /// @dev Whether nothing of it can have left, and it was not given back.
    function _isMovable(Due storage due) internal view returns (bool) {
        return ghostClock() < due.maturesAt && !due.returned;
    }

    /// @dev Divides what was taken as the rules say.
    function _bookPayout(bytes32 id, uint256 bond, uint256 punitive) internal {
        Due storage due = _dues[id];
        _check(due.maturesAt == 0, "I7 a payout was overwritten");
        address to = due.receipt.consumer;
        due.taken = bond + punitive;
        due.restitution = to == address(0) || to == address(onus) ? 0 : bond / 2;
        due.reward = due.taken / 5;
        due.burnable = due.taken - due.restitution - due.reward;
        owed += due.taken;
        _payoutIds.push(id);
    }

    function _isPayable(Due storage due, uint256 amount) private view returns (bool) {
        return amount != 0 && !_isStopped() && ghostClock() >= due.maturesAt;
    }

    function _someDue() private returns (Due storage) {
        return _dues[_payoutIds[_recent(_payoutIds.length)]];
    }

    function _somePayoutId() private returns (bytes32) {
        if (_payoutIds.length == 0 || _oneIn(16)) return keccak256(abi.encode(_next(8)));
        return _payoutIds[_recent(_payoutIds.length)];
    }
}
