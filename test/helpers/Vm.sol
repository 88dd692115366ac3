// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title Vm
/// @notice The cheatcodes that these tests use.
interface Vm {
    function warp(uint256 timestamp) external;

    function roll(uint256 blockNumber) external;

    function chainId(uint256 id) external;

    function prank(address sender) external;

    function addr(uint256 privateKey) external pure returns (address);

    function sign(uint256 privateKey, bytes32 digest) external pure returns (uint8 v, bytes32 r, bytes32 s);

    function load(address target, bytes32 slot) external view returns (bytes32);

    function expectRevert() external;

    function expectRevert(bytes calldata data) external;

    function expectRevert(bytes4 selector) external;

    /// @dev Whatever the arguments of the error are.
    function expectPartialRevert(bytes4 selector) external;

    function expectEmit() external;

    function expectEmit(address emitter) external;

    /// @dev Sets the balance of an account, in wei.
    function deal(address account, uint256 balance) external;

    function fee(uint256 basefee) external;

    /// @dev Puts code at an address.
    function etch(address target, bytes calldata code) external;

    function assertEq(uint256 left, uint256 right, string calldata what) external pure;

    function assertEq(bytes32 left, bytes32 right, string calldata what) external pure;

    function assertEq(address left, address right, string calldata what) external pure;

    function assertEq(bool left, bool right, string calldata what) external pure;

    function assertEq(string calldata left, string calldata right, string calldata what) external pure;

    function assertLe(uint256 left, uint256 right, string calldata what) external pure;

    function assertLt(uint256 left, uint256 right, string calldata what) external pure;

    function assertApproxEqAbs(
        uint256 left,
        uint256 right,
        uint256 maxDelta,
        string calldata what
    ) external pure;
}

/// @title Test
/// @notice Assertions that say what they are about, and ranges for fuzzed numbers.
abstract contract Test {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    function assertEq(uint256 left, uint256 right, string memory what) internal pure {
        vm.assertEq(left, right, what);
    }

    function assertEq(bytes32 left, bytes32 right, string memory what) internal pure {
        vm.assertEq(left, right, what);
    }

    function assertEq(address left, address right, string memory what) internal pure {
        vm.assertEq(left, right, what);
    }

    function assertEq(string memory left, string memory right, string memory what) internal pure {
        vm.assertEq(left, right, what);
    }

    function assertTrue(bool value, string memory what) internal pure {
        vm.assertEq(value, true, what);
    }

    function assertFalse(bool value, string memory what) internal pure {
        vm.assertEq(value, false, what);
    }

    function assertLe(uint256 left, uint256 right, string memory what) internal pure {
        vm.assertLe(left, right, what);
    }

    function assertLt(uint256 left, uint256 right, string memory what) internal pure {
        vm.assertLt(left, right, what);
    }

    function assertNear(uint256 left, uint256 right, uint256 maxDelta, string memory what) internal pure {
        vm.assertApproxEqAbs(left, right, maxDelta, what);
    }

    /// @dev Folds any number into `[low, high]`; numbers that are in it already stay as they are.
    function bound(uint256 value, uint256 low, uint256 high) internal pure returns (uint256) {
        if (value >= low && value <= high) return value;
        uint256 size = high - low + 1;
        return size == 0 ? value : low + (value % size);
    }
}
