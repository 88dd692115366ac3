// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

interface Files {
    function envOr(string calldata name, string calldata otherwise) external view returns (string memory);

    function readFileBinary(string calldata path) external view returns (bytes memory);

    function writeFileBinary(string calldata path, bytes calldata data) external;

    function exists(string calldata path) external view returns (bool);

    function toString(uint256 value) external pure returns (string memory);

    function skip(bool isSkipped) external;
}

/// @title CallBatch
/// @notice Makes calls that TypeScript has written into files, and writes what they return. This EVM keeps no record of every
/// instruction: a call takes a fortieth of the time of an `eth_call`. Twin: `call-batch.ts`.
/// @dev
/// ```
/// DIRECTORY/creation       code that creates the contract that is called
/// DIRECTORY/N.calls        for each call: length of the calldata (4 bytes) || calldata
/// DIRECTORY/N.returns      for each call: 1 if it succeeded, else 0 || length (4 bytes) || what it returned
/// ```
contract CallBatchTest {
    Files private constant _files = Files(address(uint160(uint256(keccak256("hevm cheat code")))));

    /// @dev Where the calls are; nowhere, unless they are made for another test.
    string private constant VARIABLE = "ONUS_CALL_BATCH";

    function test_makesTheCallsThatAreWritten() external {
        string memory directory = _files.envOr(VARIABLE, "");
        if (bytes(directory).length == 0) {
            _files.skip(true);
            return;
        }
        address callee = _create(_files.readFileBinary(string.concat(directory, "/creation")));
        for (uint256 i; ; ++i) {
            string memory name = string.concat(directory, "/", _files.toString(i));
            if (!_files.exists(string.concat(name, ".calls"))) break;
            // A call of its own, as memory is given back with it.
            this.makeCalls(callee, name);
        }
    }

    function makeCalls(address callee, string calldata name) external {
        bytes memory calls = _files.readFileBinary(string.concat(name, ".calls"));
        bytes[] memory returned = new bytes[](calls.length / 4);
        uint256 count;
        for (uint256 at; at < calls.length;) {
            uint256 length;
            bool ok;
            bytes memory data;
            assembly ("memory-safe") {
                let start := add(add(calls, 32), at)
                length := shr(224, mload(start)) // the first four bytes
                ok := staticcall(gas(), callee, add(start, 4), length, 0, 0)
                data := mload(0x40)
                mstore(data, returndatasize())
                returndatacopy(add(data, 32), 0, returndatasize())
                mstore(0x40, add(add(data, 32), and(add(returndatasize(), 31), not(31))))
            }
            returned[count++] = abi.encodePacked(ok, uint32(data.length), data);
            at += 4 + length;
        }
        _files.writeFileBinary(string.concat(name, ".returns"), _joined(returned, count));
    }

    function _joined(bytes[] memory parts, uint256 count) private pure returns (bytes memory all) {
        uint256 length;
        for (uint256 i; i < count; ++i) length += parts[i].length;
        all = new bytes(length);
        uint256 at;
        for (uint256 i; i < count; ++i) {
            bytes memory part = parts[i];
            assembly ("memory-safe") {
                mcopy(add(add(all, 32), at), add(part, 32), mload(part))
            }
            at += part.length;
        }
    }

    function _create(bytes memory creation) private returns (address created) {
        assembly ("memory-safe") {
            created := create(0, add(creation, 32), mload(creation))
        }
        require(created != address(0), "nothing was created");
    }
}
