// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Exp32} from "../referee/Exp32.sol";
import {Float32} from "../referee/Float32.sol";

/// @title Float32Harness
/// @notice Lets tests call `Float32` and `Exp32` in bulk and measure their gas.
/// @dev Numbers travel as packed 4-byte little-endian bit patterns, the layout of a JavaScript `Uint32Array`.
contract Float32Harness {
    /// @notice `op` is not the number of an operation.
    error OperationUnknown(uint8 op);

    /// @notice Applies operation `op` to each pair of numbers (a, b) in `pairs`, 8 bytes each.
    /// @param op 0 add, 1 sub, 2 mul, 3 div, 4 maximum.
    /// @return results One number per pair, 4 bytes each.
    function binary(uint8 op, bytes calldata pairs) external pure returns (bytes memory results) {
        function(uint256, uint256) pure returns (uint256) f = _binary(op);
        uint256 count = pairs.length / 8;
        results = new bytes(count * 4);
        for (uint256 i = 0; i < count; ++i) {
            _store(results, i, f(_load(pairs, 2 * i), _load(pairs, 2 * i + 1)));
        }
    }

    /// @notice Applies operation `op` to each number in `operands`, 4 bytes each.
    /// @param op 0 exp.
    /// @return results One number per operand, 4 bytes each.
    function unary(uint8 op, bytes calldata operands) external pure returns (bytes memory results) {
        if (op != 0) revert OperationUnknown(op);
        uint256 count = operands.length / 4;
        results = new bytes(count * 4);
        for (uint256 i = 0; i < count; ++i) {
            _store(results, i, Exp32.exp(_load(operands, i)));
        }
    }

    /// @notice Returns the result of binary operation `op` and the gas of the call inside the contract.
    function measureBinary(
        uint8 op,
        uint256 a,
        uint256 b
    ) external view returns (uint256 result, uint256 used) {
        function(uint256, uint256) pure returns (uint256) f = _binary(op);
        uint256 before = gasleft();
        result = f(a, b);
        used = before - gasleft();
    }

    /// @notice Returns `accumulator + a * b`, rounded twice, and the gas of the two calls.
    function measureMultiplyAdd(
        uint256 accumulator,
        uint256 a,
        uint256 b
    ) external view returns (uint256 result, uint256 used) {
        uint256 before = gasleft();
        result = Float32.add(accumulator, Float32.mul(a, b));
        used = before - gasleft();
    }

    /// @notice Returns e^x and the gas of the call.
    function measureExp(uint256 x) external view returns (uint256 result, uint256 used) {
        uint256 before = gasleft();
        result = Exp32.exp(x);
        used = before - gasleft();
    }

    function _binary(uint8 op) private pure returns (function(uint256, uint256) pure returns (uint256)) {
        if (op == 0) return Float32.add;
        if (op == 1) return Float32.sub;
        if (op == 2) return Float32.mul;
        if (op == 3) return Float32.div;
        if (op == 4) return Float32.maximum;
        revert OperationUnknown(op);
    }

    /// @dev Reads number `index` of packed little-endian numbers.
    function _load(bytes calldata numbers, uint256 index) private pure returns (uint256 x) {
        assembly ("memory-safe") {
            x := _reverse(shr(224, calldataload(add(numbers.offset, mul(index, 4)))))
            // Swaps the four bytes.
            function _reverse(v) -> r {
                r := or(
                    or(shr(24, v), and(shr(8, v), 0xff00)),
                    or(and(shl(8, v), 0xff0000), and(shl(24, v), 0xff000000))
                )
            }
        }
    }

    /// @dev Writes number `index` of packed little-endian numbers. The caller made room for it.
    function _store(bytes memory numbers, uint256 index, uint256 x) private pure {
        assembly ("memory-safe") {
            let slot := add(add(numbers, 32), mul(index, 4)) // skips the length word
            mstore8(slot, x) // lowest byte first
            mstore8(add(slot, 1), shr(8, x))
            mstore8(add(slot, 2), shr(16, x))
            mstore8(add(slot, 3), shr(24, x))
        }
    }
}
