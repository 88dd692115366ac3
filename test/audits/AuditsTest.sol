// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {RLP} from "@openzeppelin/contracts/utils/RLP.sol";
import {Audits} from "../../contracts/audits/Audits.sol";
import {Fault} from "../../contracts/interfaces/IFault.sol";
import {IAudits} from "../../contracts/interfaces/IAudits.sol";
import {IOnus} from "../../contracts/interfaces/IOnus.sol";
import {Batch, Inclusion} from "../../contracts/types/Batch.sol";
import {Receipt} from "../../contracts/types/Receipt.sol";
import {ReceiptId} from "../../contracts/types/ReceiptId.sol";
import {OnusTest} from "../helpers/OnusTest.sol";

/// @title VmBlocks
/// @notice Cheatcodes that give past blocks a hash.
interface VmBlocks {
    function setBlockhash(uint256 blockNumber, bytes32 blockHash) external;

    function etch(address target, bytes calldata code) external;
}

/// @title AuditsTest
/// @notice The real registry, audits of it, three seats of three auditors, and a batch of answers.
abstract contract AuditsTest is OnusTest {
    using RLP for *;

    uint96 internal constant BOND = 500e18;
    uint96 internal constant FEE = 0.5e18;
    uint256 internal constant DRAW_DELAY = 8;
    uint256 internal constant GRACE = 1 days;
    uint256 internal constant GAME = 3 days; // of `StubJudge`
    uint256 internal constant TURN = WINDOW / 8;

    VmBlocks internal constant blocks = VmBlocks(address(uint160(uint256(keccak256("hevm cheat code")))));

    address internal immutable funder = address(0x7007);

    Audits internal audits;
    Receipt[] internal receipts;

    function setUp() public virtual override {
        super.setUp();
        audits = new Audits(IOnus(address(onus)), BOND);
        for (uint256 i; i < 3; ++i) _takeSeat(_auditor(i));
        _stake(provider, 100 * MIN_STAKE);
        vm.roll(block.number + 1);
    }

    function _auditor(uint256 i) internal pure returns (address) {
        return address(uint160(0xA0D1 + i));
    }

    function _takeSeat(address auditor) internal returns (uint256) {
        token.mint(auditor, BOND);
        vm.prank(auditor);
        token.approve(address(audits), BOND);
        vm.prank(auditor);
        return audits.takeSeat();
    }

    /// @dev What the run of an answer commits to, before it is bound.
    function _traceRoot(Receipt memory receipt) internal pure returns (bytes32) {
        return keccak256(abi.encode("root", receipt.requestId));
    }

    /// @dev A receipt that commits to a trace as `ReceiptLib.traceContext` has it.
    function _answer(uint256 coverage) internal returns (Receipt memory receipt) {
        receipt = _receipt(coverage);
        bytes32 context = keccak256(
            abi.encode(
                block.chainid,
                address(onus),
                receipt.provider,
                receipt.modelId,
                receipt.consumer,
                receipt.requestId
            )
        );
        bytes32 root = _traceRoot(receipt);
        receipt.traceCommitment = keccak256(abi.encode(keccak256("onus.trace.v1"), context, root));
    }

    /// @dev Anchors a new batch of `count` answers.
    function _anchorAnswers(uint256 count) internal returns (Batch memory batch) {
        delete receipts;
        for (uint256 i; i < count; ++i) receipts.push(_answer(1e18));
        batch = _batchOf(receipts);
        _anchor(batch);
    }

    function _attestAnswer() internal returns (Receipt memory receipt) {
        delete receipts;
        receipt = _answer(1e18);
        receipts.push(receipt);
        _attest(receipt);
    }

    function _approve(uint256 amount) internal {
        token.mint(funder, amount);
        vm.prank(funder);
        token.approve(address(audits), amount);
    }

    function _fund(Batch memory batch, uint256 number) internal returns (uint256) {
        _approve(number * FEE);
        vm.prank(funder);
        return audits.fund(batch, uint16(number), FEE);
    }

    /// @dev A header as of today with 21 members, all but number and mix made up.
    function _header(uint256 number, bytes32 mix) internal pure returns (bytes memory) {
        bytes[] memory members = new bytes[](21);
        for (uint256 i; i < members.length; ++i)
            members[i] = abi.encodePacked(keccak256(abi.encode(i))).encode();
        members[6] = new bytes(256).encode();
        members[8] = number.encode();
        members[13] = mix.encode();
        return members.encode();
    }

    /// @dev Makes the block of a draw, with that mix, and goes on to the next.
    function _makeDrawBlock(uint256 fundId, bytes32 mix) internal returns (bytes memory header) {
        uint256 number = audits.fundOf(fundId).drawBlock;
        header = _header(number, mix);
        vm.roll(number + 1);
        blocks.setBlockhash(number, keccak256(header));
    }

    function _draw(uint256 fundId, bytes32 mix) internal {
        audits.draw(fundId, _makeDrawBlock(fundId, mix));
    }

    /// @dev A batch of eight answers with two audits, drawn.
    function _drawnFund() internal returns (uint256 fundId) {
        fundId = _fund(_anchorAnswers(8), 2);
        _draw(fundId, keccak256("mix"));
    }

    /// @dev The drawn receipt of an audit.
    function _drawnReceipt(uint256 fundId, uint256 number) internal view returns (Receipt memory) {
        return receipts[audits.drawnIndex(fundId, number)];
    }

    function _drawnPlace(uint256 fundId, uint256 number) internal view returns (Inclusion memory) {
        return _place(audits.drawnIndex(fundId, number));
    }

    function _place(uint256 index) internal view returns (Inclusion memory) {
        return receipts.length == 1 ? _direct() : _inclusion(receipts, index);
    }

    /// @dev The auditor whose turn it is vouches for what was drawn.
    function _vouch(uint256 fundId, uint256 number) internal returns (uint256 seat, address auditor) {
        (seat, auditor) = audits.onTurn(fundId, number);
        _vouchAs(auditor, fundId, number);
    }

    function _vouchAs(address auditor, uint256 fundId, uint256 number) internal {
        Receipt memory receipt = _drawnReceipt(fundId, number);
        Inclusion memory place = _drawnPlace(fundId, number);
        vm.prank(auditor);
        audits.vouch(fundId, number, receipt, place, _traceRoot(receipt));
    }

    function _refute(uint256 fundId, uint256 number) internal {
        audits.refute(fundId, number, _drawnReceipt(fundId, number), _drawnPlace(fundId, number));
    }

    function _settle(uint256 fundId, uint256 number) internal {
        audits.settle(fundId, _drawnReceipt(fundId, number), _drawnPlace(fundId, number));
    }

    function _drawnId(uint256 fundId, uint256 number) internal view returns (ReceiptId) {
        return onus.receiptIdOf(_drawnReceipt(fundId, number));
    }

    /// @dev Convicts what was drawn, as `challenger`.
    function _convict(uint256 fundId, uint256 number) internal {
        Receipt memory receipt = _drawnReceipt(fundId, number);
        Inclusion memory place = _drawnPlace(fundId, number);
        vm.prank(challenger);
        onus.convict(Fault.WrongExecution, receipt, place, GUILTY);
    }

    function _returnPayout(uint256 fundId, uint256 number) internal {
        Receipt memory receipt = _drawnReceipt(fundId, number);
        bytes32 id = _idOf(receipt);
        vm.prank(guardian);
        governance.returnPayout(id, receipt);
    }

    function _passEscrow() internal {
        vm.warp(block.timestamp + ESCROW);
    }

    /// @dev Until the fees go back.
    function _passRefund() internal {
        vm.warp(block.timestamp + WINDOW + GAME + GRACE + 1);
    }

    function _report(uint256 fundId, uint256 number) internal view returns (IAudits.Report) {
        return audits.auditOf(fundId, _drawnId(fundId, number)).report;
    }
}
