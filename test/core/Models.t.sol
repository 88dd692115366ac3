// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IModels} from "../../contracts/interfaces/IModels.sol";
import {ModelId} from "../../contracts/types/ModelId.sol";
import {ModelHeader} from "../../contracts/types/Program.sol";
import {OnusTest} from "../helpers/OnusTest.sol";

contract ModelsTest is OnusTest {
    function test_registerModel_emitsTheWholeHeader() public {
        ModelHeader memory header = _header(2);
        vm.warp(START + 7);
        vm.expectEmit(address(models));
        emit IModels.ModelRegistered(_id(header), stranger, header, "ipfs://two");
        vm.prank(stranger);
        ModelId id = models.registerModel(header, "ipfs://two");
        assertEq(ModelId.unwrap(id), ModelId.unwrap(_id(header)), "model id");
        assertEq(models.modelRegisteredAt(id), START + 7, "registered at");
    }

    function test_registerModel_refusesTheSameContentUnderAnotherUri() public {
        vm.expectRevert(abi.encodeWithSelector(IModels.ModelExists.selector, modelId));
        models.registerModel(_header(1), "ipfs://elsewhere");
    }

    function testFuzz_registerModel_refusesOtherSemantics(uint32 semantics) public {
        ModelHeader memory header = _header(2);
        header.semantics = semantics == 2 ? 0 : semantics;
        vm.expectRevert(abi.encodeWithSelector(IModels.SemanticsUnsupported.selector, header.semantics));
        models.registerModel(header, "");
    }

    function testFuzz_registerModel_refusesOtherMethods(uint32 method) public {
        ModelHeader memory header = _header(2);
        header.method = method == 1 ? 0 : method;
        vm.expectRevert(abi.encodeWithSelector(IModels.MethodUnsupported.selector, header.method));
        models.registerModel(header, "");
    }

    function test_registerModel_refusesAnEmptyProgram() public {
        ModelHeader memory header = _header(2);
        header.stepCount = 0;
        vm.expectRevert(abi.encodeWithSelector(IModels.ModelHeaderInvalid.selector, "no steps"));
        models.registerModel(header, "");
    }

    function testFuzz_registerModel_refusesTreesDeeperThan32(uint8 which, uint8 depth) public {
        ModelHeader memory header = _withDepth(which, uint8(bound(depth, 33, 255)));
        vm.expectRevert(abi.encodeWithSelector(IModels.ModelHeaderInvalid.selector, "tree depth above 32"));
        models.registerModel(header, "");
    }

    function testFuzz_registerModel_acceptsDepthsUpTo32(uint8 which, uint8 depth) public {
        ModelHeader memory header = _withDepth(which, uint8(bound(depth, 0, 32)));
        assertEq(models.modelRegisteredAt(models.registerModel(header, "")), START, "registered at");
    }

    function test_registerModel_drawsTheLineOfEachTreeBetween32And33() public {
        for (uint8 which; which < 4; ++which) {
            ModelHeader memory header = _withDepth(which, 33);
            vm.expectRevert(
                abi.encodeWithSelector(IModels.ModelHeaderInvalid.selector, "tree depth above 32")
            );
            models.registerModel(header, "");
            models.registerModel(_withDepth(which, 32), "");
        }
    }

    function testFuzz_registerModel_bindsEveryMember(uint8 which) public {
        ModelHeader memory header = _header(2);
        if (which % 7 == 0) header.stepCount = 4;
        else if (which % 7 == 1) header.programRoot = 0;
        else if (which % 7 == 2) header.weightsRoot = 0;
        else header = _withDepth(uint8((which % 7) - 3), 9);
        ModelId id = models.registerModel(header, "");
        assertFalse(ModelId.unwrap(id) == ModelId.unwrap(models.registerModel(_header(2), "")), "same id");
    }

    function test_modelRegisteredAt_isZeroWhenUnknown() public view {
        assertEq(models.modelRegisteredAt(_id(_header(2))), 0, "registered at");
    }

    function _withDepth(uint8 which, uint8 depth) private pure returns (ModelHeader memory header) {
        header = _header(2);
        if (which % 4 == 0) header.inputDepth = depth;
        if (which % 4 == 1) header.weightsDepth = depth;
        if (which % 4 == 2) header.traceDepth = depth;
        if (which % 4 == 3) header.outputDepth = depth;
    }

    function _id(ModelHeader memory header) private pure returns (ModelId) {
        return ModelId.wrap(keccak256(abi.encode(keccak256("onus.model.v1"), header)));
    }
}
