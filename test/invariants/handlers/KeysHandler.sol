// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IProviders} from "../../../contracts/interfaces/IProviders.sol";
import {Role} from "../../../contracts/types/Role.sol";
import {Receipt} from "../../../contracts/types/Receipt.sol";
import {RulesHandler} from "./RulesHandler.sol";

/// @title KeysHandler
/// @notice Keys with roles that come, end and are revoked, with books of them.
abstract contract KeysHandler is RulesHandler {
    struct Key {
        uint256 secret;
        uint256 from;
        uint256 until;
        uint256 roles;
    }

    mapping(address provider => Key[]) private _keys;

    function setUp() public virtual override {
        super.setUp();
        for (uint256 i; i < PROVIDERS; ++i) {
            address who = providerAt(i);
            if (who != provider) {
                _register(who);
                _addKey(who, vm.addr(KEY));
            }
            _keys[who].push(Key(KEY, block.timestamp, KEY_UNTIL, Role.ALL));
        }
    }

    function addKey(uint256 seed) external drawing(seed) {
        address who = _someProvider();
        bool known = _oneIn(8);
        uint256 secret = known ? KEY : uint256(keccak256(abi.encode(who, _keys[who].length))) >> 8;
        uint8 roles = uint8(_next(5));
        uint64 until = uint64(block.timestamp + _next(100 days));
        bool due = !known && roles >= 1 && roles <= 3 && until > block.timestamp;
        bytes memory data = abi.encodeCall(IProviders.addKey, (vm.addr(secret), until, roles));
        if (!_act(who, address(providers), 0, data, due, "a key")) return;
        _keys[who].push(Key(secret, block.timestamp, until, roles));
    }

    /// @notice Not the first: somebody must be able to go on.
    function revokeKey(uint256 seed) external drawing(seed) {
        address who = _someProvider();
        uint256 count = _keys[who].length;
        if (count == 1) return;
        Key storage key = _keys[who][1 + _next(count - 1)];
        bytes memory data = abi.encodeCall(IProviders.revokeKey, (vm.addr(key.secret)));
        bool due = key.until > block.timestamp;
        if (_act(who, address(providers), 0, data, due, "a revocation")) key.until = block.timestamp + 1;
    }

    /// @dev Mostly the first, often another, sometimes one that is none.
    function _someKey(address who) internal returns (Key memory key) {
        uint256 kind = _next(12);
        if (kind == 0) return Key(uint256(keccak256("none")) >> 8, 0, 0, 0);
        return _keys[who][kind < 8 ? 0 : _next(_keys[who].length)];
    }

    /// @dev The provider, one of its keys, or somebody else.
    function _someAnchorer(address who) internal returns (address sender, bool due) {
        if (!_oneIn(6)) return (who, true);
        Key memory key = _someKey(who);
        return (vm.addr(key.secret), _isValid(key, Role.ANCHOR, block.timestamp));
    }

    /// @dev Whether a signature of that key proves anything: the key may sign and was valid at the time, which
    /// is not longer ago than stake takes to leave.
    function _proves(Key memory key, Receipt memory receipt) internal view returns (bool) {
        return
            _isValid(key, Role.SIGN, receipt.issuedAt) &&
            receipt.issuedAt <= block.timestamp &&
            block.timestamp - receipt.issuedAt <= THAW + _stoppedSince(receipt.issuedAt);
    }

    /// @dev Evidence that the registry may take although it is older, by the length of the last stop.
    function _isBorderline(Receipt memory receipt) internal view returns (bool) {
        if (receipt.issuedAt > block.timestamp) return false;
        uint256 age = block.timestamp - receipt.issuedAt;
        return age > THAW + _stoppedSince(receipt.issuedAt) && age <= THAW + 7 days;
    }

    function _isValid(Key memory key, uint256 role, uint256 time) private pure returns (bool) {
        return key.from <= time && time < key.until && key.roles & role != 0;
    }
}
