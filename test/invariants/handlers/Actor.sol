// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {OnusTest} from "../../helpers/OnusTest.sol";

/// @title Actor
/// @notice Does something as somebody, allowed or not, and says whether the rules agree with what happened.
/// @dev Every action takes one seed, from which it draws whom, what and how much.
abstract contract Actor is OnusTest {
    uint256 internal constant PROVIDERS = 3;

    /// @notice The first thing that happened and must not, or was denied and must not be; empty if nothing.
    string public violation;
    /// @notice How often each action succeeded: a campaign in which nothing does proves nothing.
    mapping(bytes4 selector => uint256) public successes;

    uint256 private _random;

    modifier drawing(uint256 seed) {
        _random = seed;
        _;
    }

    /// @dev Once or several times: one call of a campaign does more than nothing more often.
    modifier often(uint256 most) {
        for (uint256 times = 1 + _next(most); times != 0; --times) {
            _;
        }
    }

    function providerAt(uint256 i) public view returns (address) {
        return address(uint160(provider) + uint160(i % PROVIDERS));
    }

    /// @dev Calls as `sender`; `due` is what the rules say about it.
    function _act(
        address sender,
        address target,
        uint256 value,
        bytes memory data,
        bool due,
        string memory what
    ) internal returns (bool done) {
        vm.prank(sender);
        (done, ) = target.call{value: value}(data);
        if (done != due) _violate(string.concat(what, done ? ": allowed, and must not be" : ": denied"));
        if (done) ++successes[msg.sig];
    }

    function _act(address sender, bytes memory data, bool due, string memory what) internal returns (bool) {
        return _act(sender, address(onus), 0, data, due, what);
    }

    function _check(bool held, string memory what) internal {
        if (!held) _violate(what);
    }

    /// @dev A number below `limit`.
    function _next(uint256 limit) internal returns (uint256) {
        _random = uint256(keccak256(abi.encode(_random)));
        return _random % limit;
    }

    function _oneIn(uint256 many) internal returns (bool) {
        return _next(many) == 0;
    }

    /// @dev Mostly what is allowed, often the most, sometimes one more, nothing, or anything.
    function _amount(uint256 most) internal returns (uint128) {
        uint256 kind = _next(16);
        if (kind == 0) return uint128(_next(2 ** 128));
        if (kind == 1) return 0;
        if (kind == 2) return uint128(most + 1);
        if (kind < 6) return uint128(most);
        return uint128(_next(most + 1));
    }

    function _someProvider() internal returns (address) {
        return providerAt(_next(PROVIDERS));
    }

    /// @dev Who shows a fault: two challengers, the consumer, or a provider itself.
    function _someChallenger() internal returns (address) {
        uint256 who = _next(6);
        if (who < 3) return challenger;
        if (who == 3) return stranger;
        return who == 4 ? consumer : _someProvider();
    }

    function _violate(string memory what) private {
        if (bytes(violation).length == 0) violation = what;
    }
}
